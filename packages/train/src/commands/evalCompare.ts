/** `agentiad eval compare`: two reports over the same cases, case by case. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { compareRuns, describeComparison } from '../eval/compare.ts';
import { readReport } from '../eval/document.ts';
import { prepareOutputFile, writing } from '../host/files.ts';

export function registerCompare(program: Command): void {
  program
    .command('compare')
    .description('Compare two reports over the same cases: paired bootstrap and McNemar.')
    .argument('<A.json>', 'report of `agentiad eval --out`')
    .argument('<B.json>', 'another one, of the same cases')
    .action(async (a: string, b: string, _own: object, command: Command) => {
      // `--out` and `--seed` are options of `eval` itself and may stand anywhere in the line.
      const { out, seed } = command.optsWithGlobals<{ out?: string; seed: number }>();
      await compare(a, b, out, seed);
    });
}

async function compare(a: string, b: string, out: string | undefined, seed: number): Promise<void> {
  if (out) await prepareOutputFile(out);
  const [left, right] = [await readReport(a), await readReport(b)];
  const comparison = compareRuns({ ...left, name: a }, { ...right, name: b }, seed);
  const text = `${JSON.stringify({ schema: 'agentiad-eval-comparison/1', a, b, seed, ...comparison }, null, 1)}\n`;
  if (out) await writing(out, () => writeFile(out, text));
  else process.stdout.write(text);
  process.stderr.write(describeComparison(comparison));
}
