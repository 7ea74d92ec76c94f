/** JSON Lines: one value a line. */
import { writeFile } from 'node:fs/promises';

export async function writeLines(file: string, values: readonly unknown[]): Promise<void> {
  await writeFile(file, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}
