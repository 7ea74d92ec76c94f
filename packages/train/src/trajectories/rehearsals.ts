/** What a run rehearses beside its demonstrations: `drills.ts`. */
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import type { RunConfig } from '../run/config.ts';
import { caseRandom } from './caseRandom.ts';
import { createDrill, createEcho, withoutVerdict, type RehearsalSetting } from './drills.ts';
import { fitLabelReader, type LabelReader } from './labelReader.ts';
import { readingsOf } from './readings.ts';
import type { Trajectory } from './trajectory.ts';

export interface Rehearsals {
  /**
   * The demonstrations; where echoes teach what to make of the numbers, without the verdicts of those that compare: each
   * one's own luck would be learned by heart.
   */
  readonly demonstrations: readonly Trajectory[];
  /** Made-up readings. */
  readonly drills: readonly Trajectory[];
  /** The readings of every demonstration that compares, said again as often as the run wants. */
  readonly echoes: readonly Trajectory[];
}

/** Throws a UserError when echoes are wanted and the demonstrations are too few to read a tendency from. */
export function rehearsalsOf(
  { seed, sft }: Pick<RunConfig, 'seed' | 'sft'>,
  demonstrations: readonly Trajectory[],
  model: Omit<RehearsalSetting, 'pictures'>,
): Rehearsals {
  const setting = { ...model, pictures: demonstrations.flatMap(({ images }) => images) };
  const { count = 0, echoes: times = 0 } = sft.drills ?? {};
  const readings = times > 0 ? demonstrations.flatMap((sample) => readingsOf(sample, model.tokenizer) ?? []) : [];
  const read = times > 0 ? sharpened(fitLabelReader(readings)) : null;
  const echo = (index: number) => {
    const random = createRandom(mixSeed('echo', seed, index));
    return createEcho(readings[index % readings.length]!, read!, random, setting);
  };
  const drill = (index: number) => createDrill(read, caseRandom(seed, index), setting);
  const isTaught = (sample: Trajectory) => read !== null && readingsOf(sample, model.tokenizer) !== null;
  return {
    demonstrations: demonstrations.map((sample) =>
      isTaught(sample) ? withoutVerdict(sample, model.tokenizer) : sample,
    ),
    drills: Array.from({ length: count }, (_, index) => ({ ...drill(index), id: `drill/${index}` })),
    echoes: Array.from({ length: times * readings.length }, (_, index) => ({ ...echo(index), id: `echo/${index}` })),
  };
}

/**
 * Steeper: what is likely is answered nearly always. Drawn as likely as it is, every fourth answer would contradict its
 * readings, and a student that meets each only once or twice learns the exceptions by heart instead of the line.
 */
function sharpened(read: LabelReader): LabelReader {
  return (comparisons) => {
    const likely = read(comparisons) ** STEEPER;
    return likely / (likely + (1 - read(comparisons)) ** STEEPER);
  };
}

/** Factor on the logarithm of the odds. */
const STEEPER = 4;
