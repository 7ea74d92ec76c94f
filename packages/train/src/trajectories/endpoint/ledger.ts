/** What a teacher has cost so far: requests, tokens as the server counted them, money by the configured prices. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Prices } from './teacherConfig.ts';

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface LedgerSummary extends Usage {
  /** Answered by the server in this run. */
  readonly requests: number;
  /** Attempts that failed and were made again. */
  readonly retries: number;
  /** Answered from the cache, at no cost. */
  readonly cached: number;
  /** Answers for which the server counted no tokens: their cost is not in the sum. */
  readonly uncounted: number;
  readonly money: number;
  readonly currency: string;
}

export interface Ledger {
  readonly summary: LedgerSummary;
  addAnswer(usage: Usage | null): void;
  addCached(): void;
  addRetry(): void;
  /** Throws a UserError when the budget is used up. */
  checkBudget(): void;
}

export function priceOf(usage: Usage, prices: Prices): number {
  return (
    (usage.promptTokens * prices.promptPerMillion + usage.completionTokens * prices.completionPerMillion) / 1_000_000
  );
}

export function createLedger(prices: Prices, budget: number | null): Ledger {
  const counts = { requests: 0, retries: 0, cached: 0, uncounted: 0, promptTokens: 0, completionTokens: 0 };
  const summary = (): LedgerSummary => ({ ...counts, money: priceOf(counts, prices), currency: prices.currency });
  return {
    get summary() {
      return summary();
    },
    addAnswer(usage) {
      counts.requests++;
      counts.promptTokens += usage?.promptTokens ?? 0;
      counts.completionTokens += usage?.completionTokens ?? 0;
      if (!usage) counts.uncounted++;
    },
    addCached: () => void counts.cached++,
    addRetry: () => void counts.retries++,
    checkBudget() {
      const { money, currency } = summary();
      if (budget === null || money < budget) return;
      throw new UserError({
        code: 'teacher-budget',
        subject: 'The teacher',
        reason: `the budget of ${formatMoney(budget, currency)} is used up (${formatMoney(money, currency)} spent).`,
        remedy: 'Raise `budget` and run the same command again: what was answered is kept.',
      });
    },
  };
}

export function formatMoney(money: number, currency: string): string {
  return `${money.toFixed(money < 1 ? 4 : 2)} ${currency}`;
}

export function describeLedger(summary: LedgerSummary): string {
  const { requests, cached, retries, uncounted, promptTokens, completionTokens, money, currency } = summary;
  const missing = uncounted > 0 ? `; the server counted no tokens for ${uncounted} of them` : '';
  return (
    `${requests} requests (${cached} more from the cache, ${retries} attempts repeated), ` +
    `${promptTokens} + ${completionTokens} tokens, ${formatMoney(money, currency)}${missing}`
  );
}
