/** The time a run may take: what does not fit is left out and named. */

export interface Budget {
  /** Whether `share` (0 to 1) of the time is spent. */
  isSpent(share?: number): boolean;
  /** Runs `work` unless the time is spent; what fails or is left out is noted. */
  attempt(name: string, work: () => Promise<void>): Promise<void>;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export function createBudget(minutes: number, clock: () => number, onProgress: (text: string) => void): Budget {
  const started = clock();
  const skipped: { name: string; reason: string }[] = [];
  const isSpent = (share = 1) => clock() - started > share * minutes * 60_000;
  return {
    skipped,
    isSpent,
    async attempt(name, work) {
      if (isSpent()) {
        skipped.push({ name, reason: `the budget of ${minutes} minutes was spent` });
        return;
      }
      onProgress(name);
      try {
        await work();
      } catch (error) {
        skipped.push({ name, reason: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}
