import { readFileSync } from 'node:fs';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { sceneAt } from '@agentiad/core/replay/scene.ts';
import { describe, expect, it } from 'vitest';
import { createPlayhead } from './playhead.ts';

/** A playhead whose frames come by hand, 16 ms apart. */
function byHand(reduced = false) {
  let waiting: ((ms: number) => void) | null = null;
  let now = 0;
  const playhead = createPlayhead({
    frame: (callback) => {
      waiting = callback;
      return () => {
        waiting = null;
      };
    },
    reducedMotion: () => reduced,
  });
  const run = (ms: number, frameMs = 16) => {
    for (const end = now + ms; now < end && waiting;) {
      now += frameMs;
      const callback = waiting;
      waiting = null;
      callback(now);
    }
  };
  return { playhead, run, isIdle: () => waiting === null };
}

describe('playhead', () => {
  it('enters the next turn through its transition and then rests', () => {
    const { playhead, run, isIdle } = byHand();
    playhead.reset({ live: false, turns: 3, t: 0 });
    playhead.next();
    run(300);
    expect(playhead.t()).toBeGreaterThan(0);
    expect(playhead.t()).toBeLessThan(1);
    run(2000);
    expect(playhead.t()).toBe(1);
    expect(isIdle()).toBe(true);
  });

  it('cuts to distant turns and never leaves the run', () => {
    const { playhead, run } = byHand();
    playhead.reset({ live: false, turns: 5, t: 0 });
    playhead.last();
    expect(playhead.t()).toBe(4);
    run(2000);
    playhead.next();
    run(2000);
    expect(playhead.t()).toBe(5);
    playhead.first();
    playhead.previous();
    run(2000);
    expect(playhead.t()).toBe(0);
  });

  it('cuts instead of flying when motion is reduced', () => {
    const { playhead } = byHand(true);
    playhead.reset({ live: false, turns: 3, t: 0 });
    playhead.next();
    expect(playhead.t()).toBe(1);
  });

  it('follows new turns until the user looks back', () => {
    const { playhead, run } = byHand();
    playhead.reset({ live: true, turns: 0, t: 0 });
    playhead.setLength(1);
    run(2000);
    expect(playhead.turn()).toBe(1);
    playhead.setLength(2);
    run(2000);
    playhead.previous();
    run(2000);
    playhead.setLength(3);
    run(2000);
    expect(playhead.turn()).toBe(1);
    playhead.last();
    run(2000);
    expect(playhead.turn()).toBe(3);
  });

  it.each([1, 12, 30, 2000])('plays a run of %i turns within ten seconds, shows every turn and stops', (turns) => {
    const { playhead, run } = byHand();
    playhead.reset({ live: false, turns, t: 0 });
    const seen = new Set<number>([0]);
    playhead.onFrame(() => {
      for (let turn = playhead.sweptFrom(); turn <= playhead.turn(); turn++) seen.add(turn);
    });
    playhead.playPause();
    run(10_050);
    expect(playhead.t()).toBe(turns);
    expect(playhead.isPlaying()).toBe(false);
    expect(seen.size).toBe(turns + 1);
  });

  it('takes as long with slow frames as with fast ones', () => {
    const { playhead, run } = byHand();
    playhead.reset({ live: false, turns: 12, t: 0 });
    playhead.playPause();
    run(10_100, 90);
    expect(playhead.isPlaying()).toBe(false);
  });

  it('plays in cuts when motion is reduced, and only when asked to', () => {
    const { playhead, run } = byHand(true);
    const seen = new Set<number>();
    playhead.onFrame(() => seen.add(playhead.t()));
    playhead.reset({ live: false, turns: 3, t: 0 });
    run(5000);
    expect([...seen]).toEqual([0]);
    playhead.playPause();
    run(5000);
    expect([...seen]).toEqual([0, 1, 2, 3]);
  });

  it('follows again when playing has caught up with the run', () => {
    const { playhead, run } = byHand();
    playhead.reset({ live: true, turns: 2, t: 2 });
    playhead.first();
    playhead.playPause();
    expect(playhead.isLive()).toBe(false);
    run(5000);
    expect(playhead.isLive()).toBe(true);
    playhead.setLength(3);
    run(2000);
    expect(playhead.t()).toBe(3);
  });

  it('does not jump after a hidden tab comes back', () => {
    const { playhead, run } = byHand();
    playhead.reset({ live: false, turns: 3, t: 0 });
    playhead.next();
    run(100);
    const before = playhead.t();
    run(1, 60_000);
    expect(playhead.t() - before).toBeLessThan(0.2);
  });

  it.each([16, 37, 90])(
    'comes by playing in frames of %i ms to the scenes that seeking gives, byte by byte',
    (frameMs) => {
      const trace = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;
      const recorded = runOfTrace(trace);
      const turns = turnCount(recorded);
      const sceneOf = (t: number) => JSON.stringify(sceneAt(recorded, t, trace.verdict.image));
      const sought = new Map(Array.from({ length: turns + 1 }, (_, turn) => [turn, sceneOf(turn)]));
      const { playhead, run } = byHand();
      const played = new Map<number, string>();
      playhead.onFrame(() => {
        const t = playhead.t();
        if (Number.isInteger(t)) played.set(t, sceneOf(t));
      });
      playhead.reset({ live: false, turns, t: 0 });
      playhead.playPause();
      run(10_100, frameMs);
      expect(played).toEqual(sought);
    },
  );
});
