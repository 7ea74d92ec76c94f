/** The report's first line: whether thirty lines of classical code, or no image at all, would do as well (design §8). */
import type { TextOnlyResult } from '../data/textOnly.ts';
import type { BaselineReport, Maybe } from './document.ts';
import { NOT_MEASURED } from './document.ts';
import type { Summary } from './report.ts';

type Rival = { readonly balancedAccuracy: number } & Partial<Pick<BaselineReport, 'auroc' | 'lead'>> &
  Partial<Pick<TextOnlyResult, 'leaks'>>;

/** `rivals`: baselines by name. A baseline without a threshold is compared by its AUROC alone. */
export function headlineOf(agent: Summary, rivals: Readonly<Record<string, Maybe<Rival>>>): string {
  const measured = Object.entries(rivals).filter((entry): entry is [string, Rival] => entry[1] !== NOT_MEASURED);
  const missing = Object.keys(rivals).filter((name) => rivals[name] === NOT_MEASURED);
  const value = ([, rival]: [string, Rival]) => (Number.isNaN(rival.balancedAccuracy) ? -1 : rival.balancedAccuracy);
  const ranked = measured.toSorted((a, b) => value(b) - value(a));
  const better = ranked.filter((entry) => value(entry) > agent.balancedAccuracy);
  const own = share(agent.balancedAccuracy);
  const told = better.length > 0 ? beaten(better, own) : unbeaten(ranked[0], own);
  const ranking = measured.filter(([, { auroc }]) => auroc !== undefined && auroc > agent.auroc);
  const sorts = ranking.map(([name, { auroc }]) => `${name} ${share(auroc!)}`).join(', ');
  return [
    told,
    sorts && ` By AUROC (agent ${share(agent.auroc)}) it is beaten by ${sorts}.`,
    missing.length > 0 && ` Not measured: ${missing.join(', ')}.`,
  ]
    .filter(Boolean)
    .join('');
}

function beaten(better: readonly [string, Rival][], own: string): string {
  const names = better.map(([name, rival]) => `${name} ${share(rival.balancedAccuracy)}${leadOf(rival)}`);
  const what = better.length === 1 ? 'A baseline beats the agent' : `${better.length} baselines beat the agent`;
  return `${what} (balanced accuracy ${own}): ${names.join(', ')}.`;
}

function unbeaten(best: [string, Rival] | undefined, own: string): string {
  if (!best) return `No baseline was measured beside the agent (balanced accuracy ${own}).`;
  const [name, rival] = best;
  return (
    `No measured baseline beats the agent (balanced accuracy ${own}): ` +
    `the best, ${name}, has ${share(rival.balancedAccuracy)}${leadOf(rival)}.`
  );
}

/** The paired difference; said to be uncertain where its interval holds 0. */
function leadOf({ lead, leaks }: Rival): string {
  if (!lead) return leaks === false ? ' (could be chance)' : '';
  const [low, high] = lead.ci95;
  const doubt = low <= 0 && high >= 0 ? ', could be chance' : '';
  return ` (${signed(lead.value)} [${signed(low)}, ${signed(high)}]${doubt})`;
}

function share(value: number): string {
  return Number.isNaN(value) ? 'unknown' : value.toFixed(3);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
