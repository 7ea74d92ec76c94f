/**
 * How rollouts are sampled, and what is kept of it. Log-probabilities are those of the *full* distribution over the whole
 * vocabulary, also when top-p or a ban of image ids narrows what can be drawn (training.md G23); their temperature is the
 * run's convention: `raw` = 1, whatever the sampling temperature; `sampling` = that of sampling (G22).
 */
import type { Backbone, GenerateOptions, GenerateResult, Session } from '@agentiad/core/model/backbone.ts';
import { imageIds } from '@agentiad/core/model/config.ts';
import type { Sampler } from '@agentiad/core/model/sampler.ts';
import { createNucleusSampler, greedy } from '@agentiad/core/model/sampler.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';

export interface SamplingSettings {
  /** Of the first turn and, where they differ (authors' code: 1.0 / 0.95, then 0.9), of the others. */
  readonly temperature: number;
  readonly topP: number;
  readonly laterTemperature?: number;
  readonly laterTopP?: number;
  readonly logProbabilities: 'raw' | 'sampling';
}

/** The one temperature of all log-probabilities of a run. Throws a UserError when the convention does not give one. */
export function logTemperature(settings: SamplingSettings): number {
  if (settings.logProbabilities === 'raw') return 1;
  const { temperature, laterTemperature = temperature } = settings;
  if (temperature === laterTemperature && temperature > 0) return temperature;
  throw new UserError({
    code: 'run-config',
    subject: 'grpo.sampling.logProbabilities',
    reason: `"sampling" needs one temperature above 0 for all turns, not ${temperature} and then ${laterTemperature}.`,
    remedy: 'Use "raw", or the same temperature in all turns.',
  });
}

/** What was drawn in one call of `generate`. */
export interface Drawn {
  readonly ids: readonly number[];
  /** One per id; null when the ids were drawn on a device that does not show its logits. */
  readonly logProbabilities: readonly number[] | null;
}

/** A draw: its logit and the sum of exponentials, both relative to the largest logit that could be drawn. */
interface Draw {
  readonly chosen: number;
  readonly sum: number;
  readonly top: number;
}

/**
 * The backbone with its sampler replaced by that of `settings`; tells `onDrawn` what every turn drew. `readsAll`: all
 * logits are read from a device that does not show them otherwise, which slows it down.
 */
export function samplingBackbone(
  backbone: Backbone,
  settings: SamplingSettings & { readonly readsAll?: boolean },
  random: Random,
  onDrawn: (drawn: Drawn) => void,
): Backbone {
  const { readsAll = false } = settings;
  const everyId = readsAll ? Array.from({ length: backbone.config.text.vocabSize }, (_, id) => id) : [];
  const banned = imageIds(backbone.config);
  const scale = 1 / logTemperature(settings);
  return { ...backbone, createSession: () => wrap(backbone.createSession()), dispose() {} };

  function wrap(session: Session): Session {
    let turn = 0;
    let current = greedy;
    let draws: Draw[] = [];
    /** One for all turns: a device that drew ahead keeps what was left over for the next turn of the same sampler. */
    const sampler: Sampler = {
      get settings() {
        return current.settings;
      },
      nextUniform: () => current.nextUniform(),
      pick(logits) {
        const id = current.pick(logits);
        const top = largest(logits);
        draws.push({ chosen: logits[id]!, sum: sumOver(logits, top, scale), top });
        return id;
      },
    };
    return {
      get length() {
        return session.length;
      },
      prefill: (ids, images, signal) => session.prefill(ids, images, signal),
      dispose: () => session.dispose(),
      generate(options) {
        current = samplerOf(turn++);
        draws = [];
        return generate(session, options, sampler, draws);
      },
    };
  }

  function samplerOf(turn: number): Sampler {
    const { laterTemperature = settings.temperature, laterTopP = settings.topP } = settings;
    const temperature = turn === 0 ? settings.temperature : laterTemperature;
    const topP = turn === 0 ? settings.topP : laterTopP;
    return temperature === 0 ? greedy : createNucleusSampler({ temperature, topP, random });
  }

  async function generate(
    session: Session,
    options: GenerateOptions,
    sampler: Sampler,
    draws: readonly Draw[],
  ): Promise<GenerateResult> {
    const wasWanted: boolean[] = [];
    const { watch } = options;
    const wanted = watch?.ids ?? [];
    const result = await session.generate({
      ...options,
      sampler,
      // The logits that `pick` sees lack what is never drawn; the full distribution has it.
      watch: {
        ids: readsAll ? everyId : [...wanted, ...banned],
        at(generated) {
          wasWanted.push(watch?.at(generated) ?? false);
          return true;
        },
      },
    });
    const logProbabilities = result.ids.map((id, index) => {
      const draw = draws[index];
      const logits = result.readings[index]?.logits;
      if (!logits) return null;
      if (readsAll) return (logits[id]! - largest(logits)) * scale - Math.log(sumOver(logits, largest(logits), scale));
      if (!draw) return null;
      const rest = sumOver(logits.slice(wanted.length), draw.top, scale);
      return (draw.chosen - draw.top) * scale - Math.log(draw.sum + rest);
    });
    const known = logProbabilities.filter((value) => value !== null);
    onDrawn({ ids: result.ids, logProbabilities: known.length === result.ids.length ? known : null });
    const readings = result.readings
      .filter(({ index }) => wasWanted[index])
      .map(({ index, logits }) => ({ index, logits: wanted.map((id, place) => logits[readsAll ? id : place]!) }));
    return { ...result, readings };
  }
}

function largest(logits: Iterable<number>): number {
  let most = -Infinity;
  for (const logit of logits) most = Math.max(most, logit);
  return most;
}

/** Sum of exponentials of logits relative to `top`. */
function sumOver(logits: Iterable<number>, top: number, scale: number): number {
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - top) * scale);
  return sum;
}
