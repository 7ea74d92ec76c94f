/**
 * Progress of a long command on standard error: a bar with the time left on a terminal, plain lines every so often where
 * there is none (a log file).
 */
import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  /** `done` units are finished; `values` are shown beside the bar. */
  update(done: number, values?: Readonly<Record<string, number | string | null>>): void;
  /** A line of its own above the bar. */
  say(text: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What is counted: `step`. */
  readonly unit: string;
  readonly total: number;
  /** Units that were done before (a resumed run): no time is expected of them. */
  readonly start?: number;
  /** By default standard error. */
  readonly stream?: NodeJS.WriteStream;
  /** Milliseconds between two plain lines. */
  readonly lineEveryMs?: number;
  readonly clock?: () => number;
}

/** Of a stream that is no terminal: the first unit, then a line every ten seconds, and the last. */
const LINE_EVERY_MS = 10_000;

export function createProgress(options: ProgressOptions): Progress {
  const { stream = process.stderr } = options;
  return stream.isTTY ? createBar(options, stream) : createLines(options, stream);
}

function createBar({ unit, total, start = 0 }: ProgressOptions, stream: NodeJS.WriteStream): Progress {
  const settings = {
    stream,
    format: `${unit} {value}/{total} {bar} {eta_formatted} left {shown}`,
    hideCursor: true,
    barsize: 24,
    etaBuffer: 20,
    gracefulExit: false, // interrupts are handled by the command
    linewrap: null,
  };
  const bar = new SingleBar(settings, Presets.shades_classic);
  bar.start(total, start, { shown: '' });
  return {
    update: (done, values = {}) => bar.update(done, { shown: shownValues(values) }),
    say(text) {
      stream.write(`\r\u001b[K${text}\n`);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}

function createLines(options: ProgressOptions, stream: NodeJS.WritableStream): Progress {
  const { unit, total, start = 0, lineEveryMs = LINE_EVERY_MS, clock = () => performance.now() } = options;
  const began = clock();
  let lastLine = -Infinity;
  return {
    update(done, values = {}) {
      const now = clock();
      if (done < total && now - lastLine < lineEveryMs) return;
      lastLine = now;
      const left = done > start ? ((now - began) / (done - start)) * (total - done) : null;
      const time = done < total && left !== null ? `, ${formatDuration(left)} left` : '';
      stream.write(`${unit} ${done}/${total}${time} ${shownValues(values)}\n`);
    },
    say: (text) => void stream.write(`${text}\n`),
    stop() {},
  };
}

function shownValues(values: Readonly<Record<string, number | string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
    .join(' ');
}

/** `3 d 4 h`, `2 h 5 min`, `1 min 20 s`, `8 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
