/**
 * Where the replay stands: `t` in turns (see core's replay/scene.ts). Moves by itself only towards a target; frames are
 * told to listeners outside React, which re-renders only when the turns shown change. The clock comes in, so tests drive it.
 */
export interface PlayheadHost {
  /** Calls back before the next frame with a time in ms; returns a function that cancels. */
  readonly frame: (callback: (ms: number) => void) => () => void;
  readonly reducedMotion: () => boolean;
}

export interface Playhead {
  t(): number;
  /** The turn shown, or being entered. */
  turn(): number;
  /** The turn that was asked for last, which the one shown may still be on its way to. */
  asked(): number;
  /** First of the turns that the last frame went through: before `turn()` where steps are shorter than a frame. */
  sweptFrom(): number;
  isPlaying(): boolean;
  /** Follows new turns as they come. */
  isLive(): boolean;
  /** Tells how many turns there are; in live mode the playhead goes to the newest. */
  setLength(turns: number): void;
  /** Jumps without a transition. */
  seek(t: number): void;
  /** Goes to a turn; neighbours are entered with their transition, distant ones with the last one only. */
  goTo(turn: number): void;
  next(): void;
  previous(): void;
  first(): void;
  /** To the newest turn; of a run that is being made, it follows again from there. */
  last(): void;
  playPause(): void;
  /** Another run; `live`: it is being made, and what comes is followed. */
  reset(options: { live: boolean; turns: number; t: number }): void;
  onFrame(listener: () => void): () => void;
  onChange(listener: () => void): () => void;
  dispose(): void;
}

/** How long a transition takes, and how long a turn is then shown. */
const STEP_MS = 750;
const DWELL_MS = 650;
/** A whole replay takes at most this long, whatever the run took. */
const PLAYBACK_MS = 10_000;
/** A frame after a pause (hidden tab) moves at most this much. */
const MAX_DELTA_MS = 100;

export function createPlayhead(host: PlayheadHost): Playhead {
  let t = 0;
  let target = 0;
  let length = 0;
  /** The run is being made. */
  let growing = false;
  let live = false;
  let playing = false;
  let dwellMs = 0;
  let sweptFrom = 0;
  let lastMs: number | null = null;
  let cancel: (() => void) | null = null;
  const frames = new Set<() => void>();
  const changes = new Set<() => void>();
  let shown = '';

  const turn = () => Math.ceil(t);
  const asked = () => Math.ceil(target);
  const tell = (from = turn()) => {
    sweptFrom = from;
    for (const listener of frames) listener();
    const now = `${sweptFrom} ${turn()} ${asked()} ${playing} ${live} ${length}`;
    if (now === shown) return;
    shown = now;
    for (const listener of changes) listener();
  };
  const run = () => {
    if (cancel || (t === target && !playing)) return;
    lastMs = null;
    const onFrame = (ms: number) => {
      cancel = null;
      const before = turn();
      advance(Math.min(lastMs === null ? 16 : ms - lastMs, MAX_DELTA_MS));
      lastMs = ms;
      tell(Math.min(before + 1, turn()));
      if (t !== target || playing) cancel = host.frame(onFrame);
    };
    cancel = host.frame(onFrame);
  };
  const speed = () => (playing ? Math.max(1, (length * (STEP_MS + DWELL_MS)) / PLAYBACK_MS) : 1);
  /** Spends the frame's time on transitions and rests, as many as fit. */
  const advance = (deltaMs: number) => {
    let left = deltaMs * speed();
    while (left > 0) {
      if (t !== target) {
        const gap = target - t;
        const neededMs = host.reducedMotion() ? 0 : Math.abs(gap) * STEP_MS;
        if (neededMs > left) {
          t += (Math.sign(gap) * left) / STEP_MS;
          return;
        }
        left -= neededMs;
        t = target;
        dwellMs = 0;
      } else if (!playing) {
        return;
      } else {
        dwellMs += left;
        left = dwellMs - DWELL_MS;
        if (left >= 0) nextOfPlayback();
      }
    }
  };
  const nextOfPlayback = () => {
    dwellMs = 0;
    if (target < length) {
      target += 1;
      return;
    }
    playing = false;
    live = growing;
  };
  const goTo = (to: number) => {
    const wanted = Math.min(Math.max(Math.round(to), 0), length);
    if (Math.abs(wanted - t) > 1) t = wanted > t ? wanted - 1 : wanted;
    target = wanted;
    if (host.reducedMotion()) t = target;
    tell();
    run();
  };
  const byHand = (to: number) => {
    playing = false;
    live = growing && to >= length;
    goTo(to);
  };

  return {
    t: () => t,
    turn,
    asked,
    sweptFrom: () => sweptFrom,
    isPlaying: () => playing,
    isLive: () => live,
    setLength(turns) {
      length = turns;
      if (live) goTo(turns);
      else tell();
    },
    seek(to) {
      playing = false;
      live = growing && to >= length;
      t = target = Math.min(Math.max(to, 0), length);
      tell();
    },
    goTo: byHand,
    next: () => byHand(Math.floor(target) + 1),
    previous: () => byHand(Math.ceil(target) - 1),
    first: () => byHand(0),
    last: () => byHand(length),
    playPause() {
      playing = !playing;
      if (playing) {
        live = false;
        if (target >= length) t = target = 0;
      }
      dwellMs = DWELL_MS;
      tell();
      run();
    },
    reset(options) {
      cancel?.();
      cancel = null;
      playing = false;
      growing = live = options.live;
      length = options.turns;
      t = target = Math.min(options.t, length);
      tell();
    },
    onFrame(listener) {
      frames.add(listener);
      return () => frames.delete(listener);
    },
    onChange(listener) {
      changes.add(listener);
      return () => changes.delete(listener);
    },
    dispose() {
      cancel?.();
      frames.clear();
      changes.clear();
    },
  };
}
