/** In the page: its first recipe, what came of each image of its validations, and its inspections, as they are stored. */
(async () => {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(String(request.error)));
    });
  const db = await settled(globalThis.indexedDB.open('agentiad-studio'));
  const all = (store) => settled(db.transaction(store).objectStore(store).getAll());
  const [recipes, outcomes, runs] = [await all('recipes'), await all('outcomes'), await all('runs')];
  db.close();
  return { recipe: recipes[0], outcomes, runs };
})();
