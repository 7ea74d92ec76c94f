/** What is shown is a function of the trace and the moment alone, on runs of the real loop with random scripts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { answer, call, crop, runScript, SAYS_NORMAL, SAYS_SCRATCH, type Turn } from '../agent/testing.ts';
import { DEFAULT_LIMITS } from '../agent/request.ts';
import type { InspectionEvent, RunEvent } from '../protocol/events.ts';
import type { Trace } from '../protocol/trace.ts';
import { createRandom } from '../support/random.ts';
import { applyEvent, EMPTY_RUN, runOfTrace, turnCount, type RunSoFar } from './runSoFar.ts';
import { sceneAt } from './scene.ts';

const TURNS: readonly Turn[] = [
  call('difference', { target_image: 1, top_k: 3 }),
  crop([0.1, 0.2, 0.5, 0.6]),
  crop([0.7, 0.5, 1.4, 0.9]),
  crop([0.5, 0.5, 0.5, 0.5]),
  crop([0.2, 0.2, 0.8, 0.8], 2),
  call('query_image'),
  call('no_such_tool'),
  'I do not know.',
  '<tool_call>\n{"name":\n</tool_call>',
];
const ENDS: readonly Turn[] = [SAYS_NORMAL, SAYS_SCRATCH, answer({ anomaly_present: 'perhaps' })];

interface Recorded {
  readonly seed: number;
  readonly trace: Trace;
  readonly events: readonly RunEvent[];
}

/** Pixels packed as the trace has them, as the studio's worker does. */
function packed(events: readonly InspectionEvent[], trace: Trace): RunEvent[] {
  return events.map((event) =>
    event.type === 'image' ? { type: 'image', image: event.image, asset: trace.assets[event.image.asset]! } : event,
  );
}

async function record(seed: number): Promise<Recorded> {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random.next() * list.length)]!;
  const turns = Array.from({ length: Math.floor(random.next() * 10) }, () => pick(TURNS));
  const limits = { maxToolCalls: 12, partMaxPixels: 100 * 100, cropMaxPixels: 60 * 60 };
  const { trace, events } = await runScript({
    turns: [...turns, pick(ENDS)],
    options: { limits: { ...DEFAULT_LIMITS, ...limits } },
  });
  return { seed, trace, events: packed(events, trace) };
}

const bytes = (run: RunSoFar, t: number, trace: Trace) => JSON.stringify(sceneAt(run, t, trace.verdict.image));

let runs: readonly Recorded[];
beforeAll(async () => {
  runs = await Promise.all(Array.from({ length: 12 }, (_, seed) => record(seed)));
});

describe('state = f(trace, t)', () => {
  it('is the same whether a step is reached from the start, from the end or by playing', () => {
    for (const { trace } of runs) {
      const run = runOfTrace(trace);
      const end = turnCount(run);
      const turns = Array.from({ length: end + 1 }, (_, turn) => turn);
      const forward = turns.map((turn) => bytes(run, turn, trace));
      const backward = turns.toReversed().map((turn) => bytes(run, turn, trace));
      const played = new Map<number, string>();
      for (let frame = 0; frame <= end * 30; frame++) {
        const scene = bytes(run, frame / 30, trace);
        if (frame % 30 === 0) played.set(frame / 30, scene);
      }
      expect(backward.toReversed()).toEqual(forward);
      expect([...played.values()]).toEqual(forward);
    }
  });

  it('is the same for the events of a run as they came and for the trace that was stored', () => {
    for (const { trace, events } of runs) {
      const lived = events.filter(({ type }) => type !== 'finished').reduce(applyEvent, EMPTY_RUN);
      const stored = runOfTrace(JSON.parse(JSON.stringify(trace)) as Trace);
      expect({ ...lived, verdict: trace.verdict, running: null }).toEqual(stored);
      expect(events.reduce(applyEvent, EMPTY_RUN)).toEqual(stored);
    }
  });

  it('shows every moment of a run being made as its replay will show it', () => {
    for (const { trace, events } of runs) {
      const stored = runOfTrace(trace);
      let soFar = EMPTY_RUN;
      for (const event of events.filter(({ type }) => type !== 'finished')) {
        soFar = applyEvent(soFar, event);
        // The last turn shows the verdict, which is not there before the end.
        const newest = Math.min(turnCount(soFar), turnCount(stored) - 1);
        for (const t of [newest, newest - 0.5])
          if (t >= 0) expect(bytes(soFar, t, trace)).toBe(bytes(stored, t, trace));
      }
    }
  });

  it('neither reads nor writes anything else: a frozen trace gives the same scenes', () => {
    const [{ trace }] = runs as [Recorded];
    const run = runOfTrace(trace);
    const before = Array.from({ length: turnCount(run) * 4 + 1 }, (_, i) => bytes(run, i / 4, trace));
    const frozen = runOfTrace(deepFreeze(structuredClone(trace)));
    expect(before.map((_, i) => bytes(frozen, i / 4, trace))).toEqual(before);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
