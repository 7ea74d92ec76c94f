/**
 * DeepPCB as its authors publish it: `PCBData/group00041/00041/00041000_test.jpg`, a scan with defects, and its
 * defect-free template `_temp.jpg`; boxes in `00041_not/00041000.txt`.
 */
import type { FileRole } from './importPlan.ts';

const PAIR = /(?:^|\/)\d+_(test|temp)\.(?:jpe?g|png)$/i;
const CATEGORY = 'pcb';

/** Null: not an image of this set. */
export function deepPcbRole(path: string): FileRole | null {
  const kind = PAIR.exec(path)?.[1]?.toLowerCase();
  if (kind === undefined) return null;
  if (kind === 'temp') return { role: 'good', category: CATEGORY };
  return { role: 'labelled', category: CATEGORY, truth: 'anomalous', type: null };
}
