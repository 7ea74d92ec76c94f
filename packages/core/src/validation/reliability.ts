/** Is a score of 0.8 right eight times in ten? Reliability bins and the expected calibration error. */
import type { Scored } from './ranking.ts';

export interface ReliabilityBin {
  /** Scores in [from, to); the last bin holds 1 as well. */
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Null for an empty bin. */
  readonly meanScore: number | null;
  /** Share of its parts that are anomalous; null for an empty bin. */
  readonly anomalousShare: number | null;
}

const BINS = 10;

/** Ten equal bins of the score; cases without a score are in none. */
export function reliabilityBins(cases: readonly Scored[]): ReliabilityBin[] {
  const members = Array.from({ length: BINS }, () => ({ n: 0, score: 0, anomalous: 0 }));
  for (const { label, score } of cases) {
    if (score === null) continue;
    const bin = members[Math.min(BINS - 1, Math.floor(score * BINS))]!;
    bin.n++;
    bin.score += score;
    if (label === 'anomalous') bin.anomalous++;
  }
  return members.map(({ n, score, anomalous }, i) => ({
    from: i / BINS,
    to: (i + 1) / BINS,
    n,
    meanScore: n === 0 ? null : score / n,
    anomalousShare: n === 0 ? null : anomalous / n,
  }));
}

/** Mean gap between score and share of anomalous parts, each bin weighed by its cases; NaN without any score. */
export function expectedCalibrationError(cases: readonly Scored[]): number {
  const bins = reliabilityBins(cases).filter(({ n }) => n > 0);
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  return bins.reduce((sum, bin) => sum + bin.n * Math.abs(bin.meanScore! - bin.anomalousShare!), 0) / n;
}

/** Mean squared distance of the score from the truth (0 or 1); NaN without any score. */
export function brierScore(cases: readonly Scored[]): number {
  const scored = cases.filter(({ score }) => score !== null);
  return (
    scored.reduce((sum, { label, score }) => sum + (score! - Number(label === 'anomalous')) ** 2, 0) / scored.length
  );
}
