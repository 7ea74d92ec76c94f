/**
 * From a raw score to the share of defective parts among those that score so (agent-spec: after reasoning the raw score
 * saturates). Two forms: a sigmoid on the score's log-odds (Platt, 1999, with his smoothed targets) and a monotone staircase
 * (isotonic regression by pooling adjacent violators). The one that predicts held-out images better is taken.
 */
import type { Calibration } from '../protocol/recipe.ts';
import type { LabelledScore } from './labelledScore.ts';
import { scoredBy } from './labelledScore.ts';
import { brierScore, expectedCalibrationError } from './reliability.ts';

/** Fewer images than this, or fewer than `FOLDS` of a kind, calibrate nothing. */
const FEWEST = 20;
const FOLDS = 5;
/** Scores of exactly 0 and 1 have no log-odds. */
const EDGE = 1e-6;

interface Point {
  readonly score: number;
  readonly isBad: boolean;
}

type Fitted<T> = T extends unknown ? Omit<T, 'ece'> : never;
type Curve = Fitted<Calibration>;

/**
 * Null with too few images, with one kind alone, or where a higher score does not mean a worse part. `ece` is the
 * expected calibration error on images that each fit had not seen (five folds).
 */
export function calibrate(cases: readonly LabelledScore[]): Calibration | null {
  // In one order, whatever order the images come in: who is in which fold decides what is taken.
  const points = scoredBy(cases)
    .flatMap(({ label, score }) => (score === null ? [] : [{ score, isBad: label === 'anomalous' }]))
    .sort((a, b) => a.score - b.score || Number(a.isBad) - Number(b.isBad));
  const bad = points.filter(({ isBad }) => isBad).length;
  if (points.length < FEWEST || bad < FOLDS || points.length - bad < FOLDS) return null;
  const candidates = [fitPlatt, fitIsotonic].map((fit) => {
    const heldOut = predictHeldOut(points, fit);
    return { fit, brier: brierScore(heldOut), ece: expectedCalibrationError(heldOut) };
  });
  const best = candidates.reduce((a, b) => (b.brier < a.brier ? b : a));
  const curve = best.fit(points);
  const isFlat = curve.kind === 'platt' ? curve.slope <= 0 : curve.values[0] === curve.values.at(-1);
  return isFlat ? null : { ...curve, ece: best.ece };
}

/** The calibrated score, 0..1; never falls where the raw one grows. */
export function applyCalibration(calibration: Curve, score: number): number {
  if (calibration.kind === 'platt') return sigmoid(calibration.slope * logOdds(score) + calibration.intercept);
  const { scores, values } = calibration;
  const next = scores.findIndex((knot) => knot > score);
  if (next === 0) return values[0]!;
  if (next === -1) return values.at(-1)!;
  const [from, to] = [scores[next - 1]!, scores[next]!];
  return values[next - 1]! + ((score - from) / (to - from)) * (values[next]! - values[next - 1]!);
}

/** The same cases with calibrated scores, as thresholds of a calibrated recipe are meant for; as they are without one. */
export function calibratedCases(
  cases: readonly LabelledScore[],
  calibration: Calibration | null,
): readonly LabelledScore[] {
  if (calibration === null) return cases;
  return cases.map((one) => ({
    ...one,
    score: one.score === null ? null : applyCalibration(calibration, one.score),
  }));
}

/** Each image as predicted by a curve that was fitted without its fold; folds hold both kinds alike. */
function predictHeldOut(points: readonly Point[], fit: (points: readonly Point[]) => Curve) {
  const seen = { good: 0, bad: 0 };
  const folds = points.map(({ isBad }) => (isBad ? seen.bad++ : seen.good++) % FOLDS);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const curve = fit(points.filter((_, index) => folds[index] !== fold));
    return points
      .filter((_, index) => folds[index] === fold)
      .map(({ score, isBad }) => ({
        label: isBad ? ('anomalous' as const) : ('normal' as const),
        score: applyCalibration(curve, score),
      }));
  }).flat();
}

/** Most likely slope and intercept, by Newton's method with halved steps (Lin, Lin and Weng, 2007). */
export function fitPlatt(points: readonly Point[]): Extract<Curve, { kind: 'platt' }> {
  const bad = points.filter(({ isBad }) => isBad).length;
  const good = points.length - bad;
  const [high, low] = [(bad + 1) / (bad + 2), 1 / (good + 2)];
  const data = points.map(({ score, isBad }) => ({ x: logOdds(score), target: isBad ? high : low }));
  const loss = (slope: number, intercept: number) =>
    data.reduce((sum, { x, target }) => sum + softplus(slope * x + intercept) - target * (slope * x + intercept), 0);
  let [slope, intercept] = [0, Math.log((bad + 1) / (good + 1))];
  let now = loss(slope, intercept);
  for (let step = 0; step < 100; step++) {
    let [g1, g2, h11, h12, h22] = [0, 0, 1e-12, 0, 1e-12];
    for (const { x, target } of data) {
      const p = sigmoid(slope * x + intercept);
      const weight = p * (1 - p);
      g1 += x * (p - target);
      g2 += p - target;
      h11 += x * x * weight;
      h12 += x * weight;
      h22 += weight;
    }
    if (Math.abs(g1) < 1e-9 && Math.abs(g2) < 1e-9) break;
    const determinant = h11 * h22 - h12 * h12;
    const [d1, d2] = [(h12 * g2 - h22 * g1) / determinant, (h12 * g1 - h11 * g2) / determinant];
    let stride = 1;
    while (stride > 1e-10 && !(loss(slope + stride * d1, intercept + stride * d2) < now)) stride /= 2;
    if (stride <= 1e-10) break;
    [slope, intercept] = [slope + stride * d1, intercept + stride * d2];
    now = loss(slope, intercept);
  }
  return { kind: 'platt', slope, intercept };
}

/** Least squares among all curves that never fall. */
export function fitIsotonic(points: readonly Point[]): Extract<Curve, { kind: 'isotonic' }> {
  // Equal scores have one value, whatever their labels.
  const levels = new Map<number, { sum: number; n: number }>();
  for (const { score, isBad } of points.toSorted((a, b) => a.score - b.score)) {
    const { sum, n } = levels.get(score) ?? { sum: 0, n: 0 };
    levels.set(score, { sum: sum + Number(isBad), n: n + 1 });
  }
  const blocks: { from: number; to: number; sum: number; n: number }[] = [];
  for (const [score, level] of levels) {
    let block = { from: score, to: score, ...level };
    for (let last = blocks.at(-1); last && last.sum / last.n >= block.sum / block.n; last = blocks.at(-1)) {
      blocks.pop();
      block = { from: last.from, to: block.to, sum: last.sum + block.sum, n: last.n + block.n };
    }
    blocks.push(block);
  }
  const knots = blocks.flatMap(({ from, to, sum, n }) =>
    (from === to ? [from] : [from, to]).map((score) => ({ score, value: sum / n })),
  );
  return { kind: 'isotonic', scores: knots.map(({ score }) => score), values: knots.map(({ value }) => value) };
}

function logOdds(score: number): number {
  const inside = Math.min(Math.max(score, EDGE), 1 - EDGE);
  return Math.log(inside / (1 - inside));
}

function sigmoid(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** log(1 + e^x). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
