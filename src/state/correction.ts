/** What a person says is on a part, beside the untouched verdict: boxes of defects and the label that follows. Pure. */
import { clampBox, type Box, type Size } from '@agentiad/core/image/box.ts';
import type { HumanDecision, Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { CorrectionRecord } from '../storage/schema.ts';

export type CorrectedRegion = CorrectionRecord['regions'][number];
export type CorrectionContent = Pick<CorrectionRecord, 'label' | 'regions'>;

/** The run whose boxes are being corrected, and which of them is selected. */
export interface Correcting {
  readonly runId: string;
  readonly selected: number | null;
}

/** Pixels below which a box says nothing. */
export const LEAST_SIDE = 2;

/** Where correcting begins: what was kept, else the defect regions of the verdict, none for a part decided to be good. */
export function correctionOf(
  verdict: Verdict,
  kept: CorrectionRecord | undefined,
  decision: Pick<HumanDecision, 'decision' | 'type'> | undefined,
): CorrectionContent {
  if (kept) return kept;
  if (decision?.decision === 'good') return { label: 'normal', regions: [] };
  const said = verdict.agentAnswer?.top_anomaly;
  const type = decision?.type ?? (said === 'none' ? null : (said ?? null));
  const regions = verdict.regions
    .filter(({ kind }) => kind === 'defect')
    .map(({ box, label }) => ({ box, type: label !== null && verdict.settings.types.includes(label) ? label : type }));
  const isDefect =
    decision?.decision === 'defect' || regions.length > 0 || verdict.agentAnswer?.anomaly_present === true;
  return { label: isDefect ? 'anomalous' : 'normal', regions };
}

/** The box moved as far as the part reaches, its size kept. */
export function movedBox([x1, y1, x2, y2]: Box, dx: number, dy: number, part: Size): Box {
  const byX = Math.min(Math.max(dx, -x1), part.width - x2);
  const byY = Math.min(Math.max(dy, -y1), part.height - y2);
  return [x1 + byX, y1 + byY, x2 + byX, y2 + byY];
}

/** The right and lower side moved; never smaller than `LEAST_SIDE`, nor beyond the part. */
export function resizedBox([x1, y1, x2, y2]: Box, dx: number, dy: number, part: Size): Box {
  return clampBox([x1, y1, Math.max(x2 + dx, x1 + LEAST_SIDE), Math.max(y2 + dy, y1 + LEAST_SIDE)], part).box;
}

/** A new box for somebody without a mouse: the middle quarter of what is there. */
export function middleBox({ width, height }: Size): Box {
  return [Math.floor(width * 0.375), Math.floor(height * 0.375), Math.ceil(width * 0.625), Math.ceil(height * 0.625)];
}

/** One step of the arrow keys: a pixel of small parts, about a two-hundredth of large ones. */
export function arrowStep({ width, height }: Size): number {
  return Math.max(1, Math.round(Math.max(width, height) / 200));
}
