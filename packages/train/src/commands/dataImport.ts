/** `agentiad data import`: a copy of a published dataset becomes a manifest. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { DATASETS } from '../data/datasets/index.ts';
import type { Dataset } from '../data/datasets/dataset.ts';
import { importDataset } from '../data/importDataset.ts';
import { MANIFEST_SPLITS } from '@agentiad/core/protocol/manifest.ts';
import type { ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import type { BoxMode } from '../data/maskBoxes.ts';
import { BOX_MODES } from '../data/maskBoxes.ts';
import { readSplit } from '../data/storedSplit.ts';
import type { SplitShares } from '../data/storedSplit.ts';
import { parseWhole, seedOption } from './options.ts';
import { UsageError } from './usageError.ts';

interface ImportFlags {
  readonly dataset: string;
  readonly root: string;
  readonly out: string;
  readonly categories?: readonly string[];
  readonly boxes: BoxMode;
  readonly minPart: number;
  readonly split?: SplitShares;
  readonly splitFile?: string;
  readonly allowMissingMasks?: true;
  readonly seed: number;
}

export function registerDataImport(data: Command): void {
  data
    .command('import')
    .description('Make a manifest.jsonl of a copy of a published dataset, or of a folder of labelled images.')
    .addOption(
      new Option('--dataset <name>', 'which dataset it is')
        .choices(DATASETS.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .requiredOption('--root <dir>', 'folder of the copy (below: what lies in it)')
    .requiredOption('--out <file>', 'manifest to write; split, questions and knowledge go beside it')
    .option('--categories <a,b>', 'only these', (text) => text.split(','))
    .addOption(
      new Option('--boxes <how>', 'a box per connected part of a mask, or one around all')
        .choices(BOX_MODES)
        .default('parts'),
    )
    .option('--min-part <pixels>', 'smaller parts of a mask are specks', parseWhole('--min-part', 1), 4)
    .addOption(
      new Option('--split <shares>', 'draw the test images anew by group, as in train=0.2,test=0.8').argParser(
        parseShares,
      ),
    )
    .addOption(new Option('--split-file <file>', 'take a split that was drawn before').conflicts('split'))
    .option('--allow-missing-masks', 'keep defective images whose mask is missing or empty, without boxes')
    .addOption(seedOption())
    .addHelpText('after', `\nDatasets:\n${DATASETS.map(describe).join('\n')}`)
    .action((flags: ImportFlags) => runImport(flags));
}

function describe({ name, title, layout }: Dataset): string {
  return `  ${name.padEnd(15)}${title}: ${layout}`;
}

async function runImport(flags: ImportFlags): Promise<void> {
  const dataset = DATASETS.find(({ name }) => name === flags.dataset)!;
  const summary = await importDataset(dataset, flags.root, flags.out, {
    categories: flags.categories,
    boxes: { mode: flags.boxes, minPixels: flags.minPart },
    allowMissingMasks: flags.allowMissingMasks,
    seed: flags.seed,
    shares: flags.split,
    split: flags.splitFile === undefined ? undefined : await readSplit(flags.splitFile),
    onProgress: (done, all) => {
      if (done % 500 === 0) process.stderr.write(`${done} of ${all} images\n`);
    },
  });
  for (const note of summary.notes) process.stderr.write(`${note}\n`);
  process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
}

function parseShares(text: string): SplitShares {
  const entries = text.split(',').map((part) => {
    const [name, share] = part.split('=');
    if ((MANIFEST_SPLITS as readonly (string | undefined)[]).includes(name) && Number(share) > 0) {
      return [name as ManifestSplit, Number(share)] as const;
    }
    throw new UsageError(
      '--split',
      `"${part}" is not a split and its share.`,
      `Write ${MANIFEST_SPLITS.map((split) => `${split}=0.3`).join(',')}, as many as you need.`,
    );
  });
  return Object.fromEntries(entries);
}
