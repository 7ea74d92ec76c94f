/** `npm run size`: the ten longest source files, so that growth is seen. The limit of 400 lines is held by the lint. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { root, start } from './lib/run.mjs';

const folders = ['src', 'packages/core/src', 'packages/train/src', 'scripts', 'e2e', 'bench'];

await start(async () => {
  const sizes = [];
  for (const folder of folders) {
    for (const file of await listSources(path.join(root, folder))) {
      const lines = (await readFile(file, 'utf8')).split('\n').length - 1;
      sizes.push({ lines, file: path.relative(root, file) });
    }
  }
  sizes.sort((a, b) => b.lines - a.lines);
  const total = sizes.reduce((sum, { lines }) => sum + lines, 0);
  for (const { lines, file } of sizes.slice(0, 10)) console.log(`${String(lines).padStart(5)}  ${file}`);
  console.log(`${String(total).padStart(5)}  in ${sizes.length} files`);
});

/** @param {string} folder */
async function listSources(folder) {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter(
        (entry) =>
          entry.isFile() && !entry.parentPath.includes('node_modules') && /\.(ts|tsx|mjs|py|css)$/.test(entry.name),
      )
      .map((entry) => path.join(entry.parentPath, entry.name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
