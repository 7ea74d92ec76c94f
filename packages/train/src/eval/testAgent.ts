/** A model that says what a script tells it to, for tests of whole evaluations: no weights, the real agent loop. */
import { testBackbone, testDeps, testTokenizer } from '@agentiad/core/agent/testing.ts';
import type { InspectionDeps, LoadedModel } from '@agentiad/core/agent/request.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';

/** `say` gives the text of each turn, counted from 0 over all conversations; `onPrefill` sees ids and image counts. */
export function sayingModel(
  say: (turn: number) => string,
  onPrefill: (ids: readonly number[], images: number) => void = () => {},
): LoadedModel {
  let turn = 0;
  return {
    processor: parseProcessorConfig({}),
    chatTemplate: null,
    backbone: {
      ...testBackbone,
      createSession() {
        let length = 0;
        return {
          get length() {
            return length;
          },
          prefill(ids, images) {
            length += ids.length;
            onPrefill(ids, images.length);
            return Promise.resolve();
          },
          generate({ watch, stopIds }) {
            const text = say(turn++);
            const ids = [...testTokenizer.encode(text), stopIds[0]!];
            const isYes = /"anomaly_present":\s*true/.test(text);
            // As sure as P = 0.9: the watched ids are those of "true" and of "false".
            const half = (watch?.ids.length ?? 0) / 2;
            const logits = watch?.ids.map((_, i) => (i < half === isYes ? Math.log(9) : 0)) ?? [];
            return Promise.resolve({ ids, stopReason: 'stop' as const, readings: [{ index: 0, logits }] });
          },
          dispose() {},
        };
      },
    },
  };
}

export function sayingDeps(say: (turn: number) => string): InspectionDeps {
  return { ...testDeps(), model: sayingModel(say) };
}
