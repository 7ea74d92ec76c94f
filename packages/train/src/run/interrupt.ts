/**
 * Ctrl-C in a training run: the first asks it to stop after the step under way, which is kept; the second ends the process
 * at once. Either way it exits with 130, as shells expect of an interrupted command; SIGTERM does the same with 143.
 */
export interface Interrupt {
  readonly isRequested: boolean;
  /** Stops listening. */
  dispose(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export function listenForInterrupt(say: (text: string) => void): Interrupt {
  let isRequested = false;
  const listener = (signal: keyof typeof EXIT_CODES) => {
    if (isRequested) process.exit(EXIT_CODES[signal]);
    isRequested = true;
    process.exitCode = EXIT_CODES[signal];
    say('Stopping after this step, which is kept. Press Ctrl-C again to stop at once.');
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    get isRequested() {
      return isRequested;
    },
    dispose() {
      process.removeListener('SIGINT', listener);
      process.removeListener('SIGTERM', listener);
    },
  };
}
