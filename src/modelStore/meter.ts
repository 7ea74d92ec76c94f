/** Progress of a long piece of work in bytes, told a few times a second; what is shown never goes backwards. */

export interface ModelProgress {
  readonly phase: 'downloading' | 'copying' | 'quantising' | 'verifying';
  readonly doneBytes: number;
  readonly totalBytes: number;
  /** Null until there is enough to tell. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** The last thing worth telling: a file that is fetched again. */
  readonly note: string | null;
}

export interface Meter {
  add(bytes: number): void;
  /** `bytes` that were counted are done again. */
  takeBack(bytes: number): void;
  note(text: string): void;
  /** Tells the present state at once. */
  tell(): void;
}

const tellEveryMs = 200;
/** The rate is that of the last few seconds. */
const windowMs = 6000;
const leastWindowMs = 800;

export function createMeter(
  start: Pick<ModelProgress, 'phase' | 'doneBytes' | 'totalBytes'>,
  onProgress: (progress: ModelProgress) => void,
  clock: () => number,
): Meter {
  let done = start.doneBytes;
  let shown = start.doneBytes;
  let note: string | null = null;
  let told = -Infinity;
  const marks: { at: number; bytes: number }[] = [{ at: clock(), bytes: done }];

  const tell = () => {
    const now = clock();
    told = now;
    marks.push({ at: now, bytes: done });
    while (marks.length > 2 && marks[0]!.at < now - windowMs) marks.shift();
    const [first] = marks;
    const isKnown = now - first!.at >= leastWindowMs && done > first!.bytes;
    const bytesPerSecond = isKnown ? ((done - first!.bytes) / (now - first!.at)) * 1000 : null;
    shown = Math.max(shown, Math.min(done, start.totalBytes));
    const secondsLeft = bytesPerSecond === null ? null : (start.totalBytes - done) / bytesPerSecond;
    onProgress({ ...start, doneBytes: shown, bytesPerSecond, secondsLeft, note });
  };
  return {
    add(bytes) {
      done += bytes;
      if (clock() - told >= tellEveryMs) tell();
    },
    takeBack(bytes) {
      done -= bytes;
    },
    note(text) {
      note = text;
      tell();
    },
    tell,
  };
}
