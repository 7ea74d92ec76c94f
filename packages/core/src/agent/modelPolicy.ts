/** The model as the acting policy: one session, prefix reuse between turns, the score read while the answer is written. */
import type { ProcessedImage } from '../image/processor.ts';
import type { Backbone } from '../model/backbone.ts';
import type { Sampler } from '../model/sampler.ts';
import { createNucleusSampler, greedy } from '../model/sampler.ts';
import { createRandom, mixSeed } from '../support/random.ts';
import type { Grammar } from './grammar.ts';
import type { Policy } from './policy.ts';
import { findValueTokens, isBeforeValue, scoreFromLogits } from './score.ts';

/** Characters that surely contain `"anomaly_present": `, so that only the tail is decoded at each token. */
const TAIL_TOKENS = 24;

export function createModelPolicy(
  backbone: Backbone,
  options: {
    readonly endOfTurnId: number;
    readonly maxNewTokens: number;
    /** 0 = greedy. */
    readonly temperature: number;
    readonly topP: number;
    readonly seed: number;
    /** For a model that was never tuned for the protocol; null: it writes freely. */
    readonly grammar: Grammar | null;
  },
): Policy {
  const { tokenizer } = backbone;
  const session = backbone.createSession();
  const values = findValueTokens(tokenizer);
  const watched = [...values.trueIds, ...values.falseIds];
  const sampler: Sampler =
    options.temperature === 0
      ? greedy
      : createNucleusSampler({
          temperature: options.temperature,
          topP: options.topP,
          random: createRandom(mixSeed('draws', options.seed)),
        });

  let imageCount = 0;
  const { peek } = session;

  return {
    ...(peek && {
      believe: async (ids: readonly number[], images: readonly ProcessedImage[]) =>
        scoreFromLogits(await peek(ids, images, watched), values.trueIds.length),
    }),
    observe(ids, images, signal) {
      imageCount += images.length;
      return session.prefill(ids, images, signal);
    },
    async act({ forcedPrefix, forcedIds, signal, onText }) {
      if (forcedIds.length > 0) await session.prefill(forcedIds, [], signal);
      const generated: number[] = [];
      let shown = 0;
      const allowed = options.grammar?.maskFor(imageCount);
      const result = await session.generate({
        maxNewTokens: options.maxNewTokens,
        sampler,
        stopIds: [options.endOfTurnId],
        signal,
        mask: allowed && ((ids) => allowed(forcedPrefix + tokenizer.decode(ids))),
        watch: {
          ids: watched,
          at: (ids) => {
            const tail = tokenizer.decode(ids.slice(-TAIL_TOKENS));
            return isBeforeValue(ids.length <= TAIL_TOKENS ? forcedPrefix + tail : tail);
          },
        },
        onToken: (id) => {
          if (id === options.endOfTurnId) return;
          generated.push(id);
          const text = tokenizer.decode(generated);
          // A character split over two tokens decodes to U+FFFD until its last byte is there.
          if (text.endsWith('\uFFFD')) return;
          onText(text.slice(shown));
          shown = text.length;
        },
      });
      const reading = result.readings.at(-1);
      const ids = result.ids;
      return {
        ids,
        text: tokenizer.decode(ids.at(-1) === options.endOfTurnId ? ids.slice(0, -1) : ids),
        stopReason: result.stopReason,
        score: reading ? scoreFromLogits(reading.logits, values.trueIds.length) : null,
      };
    },
    dispose: () => session.dispose(),
  };
}
