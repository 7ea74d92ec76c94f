import { expect, it } from 'vitest';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { LOOK_STEPS, runLookTask } from './lookRun.ts';

it(
  `learning sanity: where looking is needed, GRPO raises success from < 0.6 to > 0.9 within ${LOOK_STEPS} steps`,
  { timeout: 600_000 },
  async () => {
    await useTestBackend('wasm');
    const { before, after, looksBefore, looksAfter } = await runLookTask(1);
    expect(before).toBeLessThan(0.6);
    expect(looksBefore).toBeLessThan(0.5);
    expect(after).toBeGreaterThan(0.9);
    expect(looksAfter).toBeGreaterThan(0.9);
  },
);
