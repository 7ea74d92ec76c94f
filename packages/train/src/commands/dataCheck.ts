/** `agentiad data check`: fails when the text of the prompts alone tells the label. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LeakCase, LeakScore } from '../data/leakTest.ts';
import { leakTest } from '../data/leakTest.ts';
import { parsePromptRecords } from '../data/promptRecords.ts';
import { promptOf } from '../eval/evaluate.ts';
import { DATA_HELP, openTestCases } from '../eval/testCases.ts';
import { readUserFile } from '../host/files.ts';
import { promptCategory } from '../trajectories/build.ts';
import { modeOption, parseWhole, seedOption } from './options.ts';
import { UsageError } from './usageError.ts';

interface CheckFlags {
  readonly data?: string;
  readonly prompts?: string;
  readonly limit: number;
  readonly mode: Mode;
  readonly seed: number;
}

export function registerDataCheck(data: Command): void {
  data
    .command('check')
    .description('Label-leak test: can the prompt text alone, without any image, tell the label? Fails above chance.')
    .option('--data <what>', DATA_HELP)
    .addOption(new Option('--prompts <file>', 'records of ready prompts instead, as JSON Lines').conflicts('data'))
    .option('--limit <n>', 'most cases', parseWhole('--limit', 1), 1000)
    .addOption(modeOption().default('full'))
    .addOption(seedOption())
    .action((flags: CheckFlags) => check(flags));
}

async function check(flags: CheckFlags): Promise<void> {
  const result = leakTest(await casesOf(flags), flags.seed);
  if (result.oneLabel.length > 0) {
    process.stderr.write(`left out, one label only: ${result.oneLabel.join(', ')}\n`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.leaks) return;
  const { withinCategories, acrossCategories } = result;
  throw new UserError({
    code: 'label-leak',
    subject: (flags.data ?? flags.prompts)!,
    reason:
      `the prompt text alone tells the label, of ${result.n} cases ${told(withinCategories)}` +
      `${acrossCategories ? `, and in categories never seen ${told(acrossCategories)}` : ''}; chance is 50 %.`,
    remedy: 'Give every image of a category the same candidate types and class name.',
  });
}

async function casesOf(flags: CheckFlags): Promise<LeakCase[]> {
  if (flags.prompts !== undefined) {
    return parsePromptRecords(new TextDecoder().decode(await readUserFile(flags.prompts)), flags.prompts);
  }
  if (flags.data === undefined) {
    throw new UsageError('--data', 'nothing to check is named.', 'Give --data or --prompts.');
  }
  const cases = await openTestCases({ ...flags, data: flags.data, exemplars: 1 });
  return cases.map((example) => ({
    prompt: promptOf(example, flags.mode),
    label: example.label,
    category: promptCategory(example),
  }));
}

function told({ accuracy, lowerBound }: LeakScore): string {
  return `${(100 * accuracy).toFixed(1)} % (at least ${(100 * lowerBound).toFixed(1)} %)`;
}
