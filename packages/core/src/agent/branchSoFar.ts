/** A branch that is still being made, as far as it went: what is kept of it should nothing more come. */
import type { TraceBranch } from '../protocol/trace.ts';
import { coverageAt } from '../replay/coverage.ts';
import type { RunSoFar } from '../replay/runSoFar.ts';
import { collectExemplars, collectRegions, NOTHING_DECIDED, summariseLibraryMatch } from './verdict.ts';

/**
 * `run` begins with `begun`, what the branch takes over of the inspection. `ms` is left at what its own steps took. Like
 * any interrupted inspection it has no answer.
 */
export function branchSoFar(
  run: RunSoFar,
  begun: Pick<RunSoFar, 'images' | 'steps'>,
  known: Pick<TraceBranch, 'id' | 'kind' | 'after' | 'created' | 'model'>,
): TraceBranch {
  const { images } = run;
  const part = images.find(({ role }) => role === 'part')?.source ?? { width: 0, height: 0 };
  const steps = run.steps.slice(begun.steps.length);
  const before = new Set(begun.images.map(({ index }) => index));
  return {
    ...known,
    ...{ status: 'interrupted', answer: null, score: null, label: 'review', reason: NOTHING_DECIDED },
    images: images.filter(({ index }) => !before.has(index)),
    steps,
    libraryMatch: summariseLibraryMatch(run.steps),
    regions: collectRegions({ answer: null, label: 'review', images, steps: run.steps }),
    claims: [],
    coverage: { share: coverageAt(run, run.steps.length, part).share },
    exemplars: collectExemplars(run.steps),
    warnings: [],
    errors: [],
    ms: steps.reduce((total, { ms }) => total + ms.prefill + ms.decode + ms.tool, 0),
  };
}
