// Runs in the page. Reads the studio's database past the studio, and tells the script what is finished as soon as it is.
{
  const NAME = 'agentiad-studio';
  const BYTES = ['assets', 'thumbs', 'features'];

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const open = async () => {
    const known = (await indexedDB.databases()).find(({ name }) => name === NAME);
    return known ? done(indexedDB.open(NAME)) : null;
  };

  const hashOf = async (bytes) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');

  /** Everything: records, hashes of bytes, and files whose content has not the hash that they are filed under. */
  globalThis.readAllStored = async () => {
    const db = await open();
    if (!db) return null;
    const names = [...db.objectStoreNames];
    const tx = db.transaction(names);
    const lists = names.map((name) =>
      done(BYTES.includes(name) ? tx.objectStore(name).getAllKeys() : tx.objectStore(name).getAll()),
    );
    const found = Object.fromEntries((await Promise.all(lists)).map((list, index) => [names[index], list]));
    const torn = [];
    for (const key of found.assets) {
      const asset = await done(db.transaction('assets').objectStore('assets').get(key));
      if ((await hashOf(asset.bytes)) !== key) torn.push(key);
    }
    db.close();
    const { assets, thumbs, features: _features, ...records } = found;
    return { records, assets, thumbs, torn };
  };

  const FINISHED = ['runs', 'exemplars', 'labelled', 'decisions', 'outcomes', 'recipes'];
  let last = '';
  const look = async () => {
    const db = await open();
    if (!db || db.version < 3) return db?.close();
    const tx = db.transaction(FINISHED);
    const lists = await Promise.all(FINISHED.map((name) => done(tx.objectStore(name).getAll())));
    db.close();
    const keys = lists.flatMap((list, index) =>
      list
        .filter((record) => record.status === undefined || record.status !== 'running')
        .map((record) =>
          `${FINISHED[index]} ${record.id ?? record.runId} ${record.sha256 ?? ''} ${record.status ?? ''}`.trim(),
        ),
    );
    const now = JSON.stringify(keys);
    if (now !== last) globalThis.witness?.(keys);
    last = now;
  };
  const watch = async () => {
    await look().catch(() => {}); // the database is being made
    setTimeout(watch, 60);
  };
  if (globalThis.witness) void watch();
}
