/** Which inspections make a labelled set, and what their rows of the manifest say. Pure. */
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { ManifestBox, ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import type { CorrectionRecord, DecisionRecord, RunRecord } from '../storage/schema.ts';

/** An inspected image of which somebody said what it is; the newest word where it was inspected several times. */
export interface LabelledRun {
  readonly run: RunRecord;
  readonly label: 'normal' | 'anomalous';
  readonly type: string | null;
  readonly boxes: readonly ManifestBox[];
}

interface Said {
  readonly decisions: Readonly<Record<string, DecisionRecord>>;
  readonly corrections: Readonly<Record<string, CorrectionRecord>>;
}

/** A correction comes before a decision; `unsure` says nothing. An image inspected as two kinds of part counts for each. */
export function labelledRuns(runs: readonly RunRecord[], said: Said): readonly LabelledRun[] {
  const newest = new Map<string, { readonly at: string; readonly labelled: LabelledRun }>();
  for (const run of runs) {
    const [decision, correction] = [said.decisions[run.id], said.corrections[run.id]];
    const labelled = correction ? ofCorrection(run, correction, decision) : decision && ofDecision(run, decision);
    if (!labelled) continue;
    const at = correction?.at ?? decision!.at;
    const key = JSON.stringify([run.category, run.imageSha256]);
    if ((newest.get(key)?.at ?? '') <= at) newest.set(key, { at, labelled });
  }
  return [...newest.values()].map(({ labelled }) => labelled);
}

/**
 * `image` and `exemplars` are paths in the set; `windowLevel` is what the inspection reduced the image with. Images that recipes are validated on are never trained on: they are of the
 * split `validation`.
 */
export function manifestRow(
  { run, label, type, boxes }: LabelledRun,
  seen: { readonly image: string; readonly exemplars: readonly string[]; readonly windowLevel: WindowLevel | null },
  validatesWith: ReadonlySet<string>,
): ManifestRow {
  const category = run.category ?? 'unsorted';
  const isKeptOut = run.origin === 'validation' || validatesWith.has(run.imageSha256);
  return {
    id: `${category}/${run.imageSha256.slice(0, 16)}`,
    image: seen.image,
    category,
    label,
    type,
    boxes,
    mask: null,
    exemplars: seen.exemplars,
    split: isKeptOut ? 'validation' : 'train',
    ...(seen.windowLevel && { windowLevel: seen.windowLevel }),
  };
}

function ofCorrection(
  run: RunRecord,
  { label, regions }: CorrectionRecord,
  decision: DecisionRecord | undefined,
): LabelledRun {
  if (label === 'normal') return { run, label, type: null, boxes: [] };
  const boxes = regions.map(({ box, type }): ManifestBox => (type === null ? box : [...box, type]));
  const type = regions.find((region) => region.type !== null)?.type ?? decision?.type ?? null;
  return { run, label, type, boxes };
}

function ofDecision(run: RunRecord, { decision, type }: DecisionRecord): LabelledRun | null {
  if (decision === 'unsure') return null;
  if (decision === 'good') return { run, label: 'normal', type: null, boxes: [] };
  return { run, label: 'anomalous', type, boxes: [] };
}
