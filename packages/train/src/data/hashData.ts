/** Which version of a data set was evaluated. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * SHA-256 of a manifest, or of the names and contents of all files of a folder; null for what is neither, such as
 * generated parts, which their seed tells.
 */
export async function hashData(data: string): Promise<string | null> {
  const place = data.replace(/^deeppcb(-misaligned)?:/, '');
  const found = await stat(place).catch(() => null);
  if (found?.isFile()) return hashOf(await readFile(place));
  if (!found?.isDirectory()) return null;
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  const lines: string[] = [];
  for (const file of files.toSorted()) {
    const name = path.relative(place, file).split(path.sep).join('/');
    lines.push(`${hashOf(await readFile(file))} ${name}`);
  }
  return hashOf(lines.join('\n'));
}

function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
