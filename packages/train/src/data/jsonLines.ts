/** JSON Lines: one value a line. A file that cannot be written is named. */
import { writeFile } from 'node:fs/promises';
import { writing } from '../host/files.ts';

export async function writeLines(file: string, values: readonly unknown[]): Promise<void> {
  await writing(file, () => writeFile(file, values.map((value) => `${JSON.stringify(value)}\n`).join('')));
}
