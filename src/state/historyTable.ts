/** The history as a table: one row an inspection, for spreadsheets and other programs. Pure. */
import type { DecisionRecord, RunRecord } from '../storage/schema.ts';

type Cell = string | number | null;

/** Columns in order: their names and what stands in them. */
const COLUMNS: Readonly<Record<string, (run: RunRecord, decision: DecisionRecord | undefined) => Cell>> = {
  id: ({ id }) => id,
  created: ({ created }) => created,
  file: ({ name }) => name,
  imageSha256: ({ imageSha256 }) => imageSha256,
  category: ({ category }) => category,
  part: ({ part }) => part.part,
  lot: ({ part }) => part.lot,
  station: ({ part }) => part.station,
  operator: ({ part }) => part.operator,
  recipe: ({ recipe }) => recipe?.name ?? null,
  recipeId: ({ recipe }) => recipe?.id ?? null,
  recipeVersion: ({ recipe }) => recipe?.version ?? null,
  status: ({ status }) => status,
  label: ({ label }) => label,
  score: ({ score }) => score,
  agentSays: ({ agentSays }) => agentSays,
  t1: ({ thresholds }) => thresholds?.t1 ?? null,
  t2: ({ thresholds }) => thresholds?.t2 ?? null,
  libraryMatchScore: ({ libraryScore }) => libraryScore,
  exemplars: ({ exemplarSha256 }) => exemplarSha256.length,
  seconds: ({ durationMs }) => durationMs / 1000,
  origin: ({ origin }) => origin,
  decision: (_, decision) => decision?.decision ?? null,
  defect: (_, decision) => decision?.type ?? null,
  note: (_, decision) => decision?.note ?? null,
  decidedBy: (_, decision) => decision?.author ?? null,
  decidedAt: (_, decision) => decision?.at ?? null,
};

export type HistoryRow = Readonly<Record<string, Cell>>;

export function historyRows(
  runs: readonly RunRecord[],
  decisions: Readonly<Record<string, DecisionRecord>>,
): readonly HistoryRow[] {
  return runs.map((run) =>
    Object.fromEntries(Object.entries(COLUMNS).map(([name, cell]) => [name, cell(run, decisions[run.id])])),
  );
}

/** RFC 4180, with a first line of names. What a spreadsheet would take for a formula is kept from being one. */
export function historyCsv(rows: readonly HistoryRow[]): string {
  const names = Object.keys(COLUMNS);
  const lines = rows.map((row) => names.map((name) => csvCell(row[name] ?? null)).join(','));
  return `${[names.join(','), ...lines].join('\r\n')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
