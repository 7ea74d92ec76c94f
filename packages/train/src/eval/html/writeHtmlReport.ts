/** Writes the report page, and the traces of its worst cases into a folder beside it. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { prepareOutputFolder, writing } from '../../host/files.ts';
import { replaceFile } from '../../run/durable.ts';
import type { EvalDocument } from '../document.ts';
import type { WorstCase } from '../worstCases.ts';
import type { LinkedCase } from './htmlReport.ts';
import { renderHtmlReport } from './htmlReport.ts';

/** `report.html` -> `report.traces/`, which is made anew. */
export function tracesFolder(file: string): string {
  return `${file.replace(/\.html?$/i, '')}.traces`;
}

export async function writeHtmlReport(
  file: string,
  document: EvalDocument,
  worst: readonly WorstCase[],
  command: string,
): Promise<void> {
  const folder = tracesFolder(file);
  await writing(folder, () => rm(folder, { recursive: true, force: true }));
  if (worst.length > 0) await prepareOutputFolder(folder);
  const linked: LinkedCase[] = [];
  for (const [index, one] of worst.entries()) {
    const name = `${String(index + 1).padStart(2, '0')}-${one.trace.verdict.image.sha256.slice(0, 8)}.trace.json`;
    await writing(folder, () => writeFile(path.join(folder, name), JSON.stringify(one.trace)));
    linked.push({ worst: one, link: `${encodeURIComponent(path.basename(folder))}/${name}` });
  }
  await writing(file, () => replaceFile(file, Buffer.from(renderHtmlReport(document, linked, command))));
}
