import { describe, expect, it } from 'vitest';
import { call, crop, runScript, SAYS_NORMAL } from '@agentiad/core/agent/testing.ts';
import { callsOf } from './calls.ts';

describe('callsOf', () => {
  it('names every parsed call with its turn, and what the agent was told when it failed', async () => {
    const turns = [crop([0.5, 0.5, 0.2, 0.9]), 'I wonder.', call('query_image'), SAYS_NORMAL];
    const { trace, record } = await runScript({ turns });
    const calls = callsOf(trace.steps);
    expect(calls).toMatchObject([
      { turn: 2, name: 'crop_image_normalized', ok: false, error: expect.stringContaining('x1 < x2') as string },
      { turn: 6, name: 'query_image', arguments: {}, ok: true, error: null },
    ]);
    const modelTurns = new Set(record.segments.filter(({ kind }) => kind === 'model').map(({ turn }) => turn));
    for (const { turn } of calls) expect(modelTurns).toContain(turn);
  });
});
