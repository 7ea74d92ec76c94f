/** Saves the inspections that are listed as a table. */
import type { RunRecord } from '../../storage/schema.ts';
import type { StudioContext } from '../context.ts';
import { historyCsv, historyRows } from '../historyTable.ts';

export function saveHistory({ store, host }: StudioContext, runs: readonly RunRecord[], as: 'csv' | 'json'): void {
  const rows = historyRows(runs, store.getState().decisions);
  const day = host.now().toISOString().slice(0, 10);
  const text = as === 'csv' ? historyCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`;
  host.saveFile(`inspections-${day}.${as}`, text);
}
