/** `pixelDiff` and `patchNN` over the cases under test, with thresholds that those cases had no part in. */
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { withMemory } from '../trajectories/build.ts';
import type { BaselineScore, PixelDiff } from './baselines.ts';
import { createPixelDiff, patchNN } from './baselines.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import type { ThresholdSource } from './thresholds.ts';
import { decide, fitThreshold, THRESHOLD_SOURCES } from './thresholds.ts';

export interface BaselineRun {
  readonly decisions: readonly Decision[];
  readonly thresholds: Readonly<Record<ThresholdSource, number>>;
}

/** Scores of one case by both baselines. */
interface CaseScores {
  readonly label: Decision['label'];
  readonly pixelDiff: BaselineScore;
  readonly patchNN: BaselineScore;
}

export async function runBaselines(options: {
  readonly cases: readonly LabelledCase[];
  readonly deps: InspectionDeps;
  /** The agent's own look at the whole part, where it took one: the very same comparison. */
  readonly known: readonly (BaselineScore | null)[];
  /** Asked for only if a case has too few exemplars for a threshold of its own. */
  readonly openTraining: () => Promise<readonly LabelledCase[]>;
  readonly onCase?: (done: number) => void;
}): Promise<Record<'pixelDiff' | 'patchNN', BaselineRun>> {
  const { cases, deps, known, onCase = () => {} } = options;
  const scores = await scoreCases(cases, deps, known, onCase);
  const names = ['pixelDiff', 'patchNN'] as const;
  const needsTraining = scores.some((score) => names.some((name) => score[name].threshold === null));
  const training = needsTraining ? await scoreCases(await options.openTraining(), deps, [], () => {}) : [];
  const runOf = (name: (typeof names)[number]): BaselineRun => {
    const fitted = fitThreshold(training.map((score) => ({ label: score.label, score: score[name].score })));
    const decided = scores.map((score) => ({ label: score.label, ...decide(score[name], fitted) }));
    const thresholds = THRESHOLD_SOURCES.map((source) => [source, decided.filter((d) => d.source === source).length]);
    return {
      decisions: decided.map(({ label, score, saysAnomalous }) => ({ label, score, saysAnomalous })),
      thresholds: Object.fromEntries(thresholds) as Record<ThresholdSource, number>,
    };
  };
  return { pixelDiff: runOf('pixelDiff'), patchNN: runOf('patchNN') };
}

async function scoreCases(
  cases: readonly LabelledCase[],
  deps: InspectionDeps,
  known: readonly (BaselineScore | null)[],
  onCase: (done: number) => void,
): Promise<CaseScores[]> {
  const scores: CaseScores[] = [];
  let opened: OpenedSet | null = null;
  for (const [index, { label, part, exemplars }] of cases.entries()) {
    const { raster, sha256 } = await part();
    // Cases with the same exemplars come one after another.
    if (opened?.key !== keyOf(exemplars)) opened = await openSet(exemplars, deps);
    scores.push({
      label,
      pixelDiff: { score: opened.diff.score(raster), threshold: opened.diff.threshold },
      patchNN: known[index] ?? (await patchNN(raster, opened.match, sha256)),
    });
    onCase(index + 1);
  }
  return scores;
}

interface OpenedSet {
  readonly key: string;
  readonly diff: PixelDiff;
  readonly match: LibraryMatch;
}

async function openSet(exemplars: ExemplarSet, deps: InspectionDeps): Promise<OpenedSet> {
  const library = withMemory(exemplars);
  const diff = createPixelDiff(await Promise.all(library.exemplars.map((exemplar) => exemplar.load())));
  return { key: keyOf(exemplars), diff, match: deps.match!(library) };
}

function keyOf({ exemplars }: ExemplarSet): string {
  return exemplars.map(({ sha256 }) => sha256).join();
}
