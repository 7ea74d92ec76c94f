import { describe, expect, it } from 'vitest';
import { runRecord } from '../testing/records.ts';
import { historyCsv, historyRows } from './historyTable.ts';

describe('the history as a table', () => {
  const run = runRecord({
    id: 'r1',
    name: 'cap, "old".png',
    category: 'cap',
    recipe: { id: 'x', version: 3, name: 'Caps' },
    part: { part: 'P-1', lot: 'L7', station: null, operator: '=2+3' },
    score: 0.25,
  });

  it('names part, lot, station, operator, recipe and version of every inspection', () => {
    const [row] = historyRows([run], {});
    expect(row).toMatchObject({ part: 'P-1', lot: 'L7', station: null, recipe: 'Caps', recipeVersion: 3, score: 0.25 });
  });

  it('opens in a spreadsheet: quotes are doubled, nothing becomes a formula', () => {
    const csv = historyCsv(historyRows([run], {}));
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv).toContain('"cap, ""old"".png"');
    expect(csv).toContain(",'=2+3,");
  });
});
