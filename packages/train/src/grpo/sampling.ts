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

/** The backbone with its sampler replaced by that of `settings`; tells `onDrawn` what every turn drew. */
export function samplingBackbone(
  backbone: Backbone,
  settings: SamplingSettings,
  random: Random,
  onDrawn: (drawn: Drawn) => void,
): Backbone {
  const banned = imageIds(backbone.config);
  return { ...backbone, createSession: () => wrap(backbone.createSession()), dispose() {} };

  function wrap(session: Session): Session {
    let turn = 0;
    return {
      get length() {
        return session.length;
      },
      prefill: (ids, images, signal) => session.prefill(ids, images, signal),
      dispose: () => session.dispose(),
      generate: (options) => generate(session, options, samplerOf(turn++)),
    };
  }

  function samplerOf(turn: number): Sampler {
    const { laterTemperature = settings.temperature, laterTopP = settings.topP } = settings;
    const temperature = turn === 0 ? settings.temperature : laterTemperature;
    const topP = turn === 0 ? settings.topP : laterTopP;
    return temperature === 0 ? greedy : createNucleusSampler({ temperature, topP, random });
  }

  async function generate(session: Session, options: GenerateOptions, sampler: Sampler): Promise<GenerateResult> {
    const scale = 1 / logTemperature(settings);
    /** Of each draw: its logit and the sum of exponentials, both relative to the largest logit that could be drawn. */
    const draws: { chosen: number; sum: number; top: number }[] = [];
    const wasWanted: boolean[] = [];
    const watch = options.watch;
    const result = await session.generate({
      ...options,
      sampler: {
        ...sampler,
        pick(logits) {
          const id = sampler.pick(logits);
          const top = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
          const sum = logits.reduce((total, logit) => total + Math.exp((logit - top) * scale), 0);
          draws.push({ chosen: logits[id]!, sum, top });
          return id;
        },
      },
      // The logits that `pick` sees lack what is never drawn; the full distribution has it.
      watch: {
        ids: [...(watch?.ids ?? []), ...banned],
        at(generated) {
          wasWanted.push(watch?.at(generated) ?? false);
          return true;
        },
      },
    });
    const wantedCount = watch?.ids.length ?? 0;
    const logProbabilities = result.ids.map((_, index) => {
      const draw = draws[index];
      const reading = result.readings[index];
      if (!draw || !reading) return null;
      const rest = reading.logits
        .slice(wantedCount)
        .reduce((total, logit) => total + Math.exp((logit - draw.top) * scale), 0);
      return (draw.chosen - draw.top) * scale - Math.log(draw.sum + rest);
    });
    const known = logProbabilities.filter((value) => value !== null);
    onDrawn({ ids: result.ids, logProbabilities: known.length === result.ids.length ? known : null });
    const readings = result.readings
      .filter(({ index }) => wasWanted[index])
      .map(({ index, logits }) => ({ index, logits: logits.slice(0, wantedCount) }));
    return { ...result, readings };
  }
}
