/**
 * `agentiad convert`: a Hugging Face checkpoint becomes our container, an adapter is merged into one, or one is stored in
 * another scheme. Summary (JSON) on stdout, progress on stderr.
 */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { manifestFile } from '@agentiad/core/model/containerManifest.ts';
import type { Conversion } from '@agentiad/core/model/convertCheckpoint.ts';
import { convertCheckpoint } from '@agentiad/core/model/convertCheckpoint.ts';
import { mergeContainer } from '@agentiad/core/model/mergeContainer.ts';
import type { PackOptions } from '@agentiad/core/model/packContainer.ts';
import { requantiseContainer } from '@agentiad/core/model/requantiseContainer.ts';
import type { SchemeChoice } from '@agentiad/core/model/weightSchemePolicy.ts';
import { weightSchemeNames } from '@agentiad/core/model/weightSchemes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { checkTarget, writeModelFolder } from '../convert/outputFolder.ts';
import { openFolder } from '../host/folderSource.ts';
import { UsageError } from './usageError.ts';
import { nodeSha256 } from '../host/sha256.ts';

interface Flags {
  readonly from: string;
  readonly to: string;
  readonly scheme?: SchemeChoice['scheme'];
  readonly visionScheme?: NonNullable<SchemeChoice['vision']>;
  readonly adapter?: string;
  readonly name?: string;
  readonly licence?: string;
  readonly commercialUse?: 'yes' | 'no' | 'ask';
  readonly tuned?: boolean;
}

/** Progress is told in steps of this many percent. */
const progressPercent = 5;

export function registerConvert(program: Command): void {
  program
    .command('convert')
    .description(
      'Convert a Hugging Face checkpoint of Qwen2.5-VL into a model folder of this program, merge an adapter into one, or store one in another scheme.',
    )
    .requiredOption(
      '--from <dir>',
      'checkpoint: config.json, safetensors (one file or shards), tokenizer files; with --adapter or --scheme also a model folder',
    )
    .requiredOption('--to <dir>', 'folder of the new model; a converted model there is replaced')
    .addOption(
      new Option(
        '--scheme <name>',
        'storage of the language matrices; embedding and head at least q8 (default: q4; a model folder keeps its own)',
      ).choices(weightSchemeNames),
    )
    .addOption(
      new Option(
        '--vision-scheme <name>',
        'storage of the vision matrices (default: f16; f32 with --scheme f32)',
      ).choices(weightSchemeNames.filter((name) => name !== 'q4')),
    )
    .option('--adapter <dir>', 'PEFT LoRA to merge')
    .option('--name <name>', 'name of the model')
    .option('--licence <text>', 'licence of the weights (default: known by size, else from README or LICENSE)')
    .addOption(new Option('--commercial-use <answer>', 'may it be used commercially').choices(['yes', 'no', 'ask']))
    .option('--tuned', 'the weights were tuned for inspection; else the model counts as a base')
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const isContainer = await checkSource(flags);
  if (flags.name === '')
    throw new UsageError('--name', 'it is empty.', 'Give the model a name, or leave the flag out.');
  await checkTarget(flags.to, [flags.from, ...(flags.adapter ? [flags.adapter] : [])]);
  const started = performance.now();
  const controller = new AbortController();
  const stop = () => controller.abort();
  const progress = createProgress();
  const conversion = await open(flags, isContainer, {
    sha256: nodeSha256,
    signal: controller.signal,
    onProgress: (done) => progress(done, conversion.storedBytes),
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  try {
    const { card, weightCount, storedBytes, ignored } = conversion;
    say(`${card.name}: ${(weightCount / 1e6).toFixed(1)} M weights, licence: ${card.licence}`);
    say(
      `Commercial use: ${card.commercialUse}. ${card.tuned ? 'Tuned for inspection.' : 'Base, not inspection-tuned.'}`,
    );
    if (ignored.length > 0) say(`Not part of the architecture and left out: ${ignored.join(', ')}`);
    const merged = await writeModelFolder(flags.to, storedBytes, conversion.files());
    if (merged) {
      say(
        `Adapter: ${merged.changed} of ${merged.targets} targeted tensors changed, ${merged.unchanged} others did not.`,
      );
    }
    const seconds = (performance.now() - started) / 1000;
    say(
      `${(storedBytes / 1e6).toFixed(1)} MB in ${flags.to}, ${(weightCount / 1e6 / seconds).toFixed(1)} M weights/s.`,
    );
    const sha256 = nodeSha256.hex(await readFile(path.join(flags.to, manifestFile)));
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024; // the most this process ever held
    const summary = {
      folder: flags.to,
      card: { ...card, sha256 },
      weightCount,
      storedBytes,
      seconds,
      peakMemoryBytes,
      ignored,
      merged,
    };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  } finally {
    for (const name of signals) process.removeListener(name, stop);
  }
}

function open(flags: Flags, isContainer: boolean, options: PackOptions): Promise<Omit<Conversion, 'checkpoint'>> {
  const source = openFolder(flags.from);
  const adapter = flags.adapter ? { source: openFolder(flags.adapter), name: folderName(flags.adapter) } : undefined;
  const card = given({
    name: flags.name,
    licence: flags.licence,
    commercialUse: flags.commercialUse,
    tuned: flags.tuned,
  });
  const choice = { scheme: flags.scheme ?? 'q4', vision: flags.visionScheme } as const;
  if (isContainer && adapter) return mergeContainer(source, { ...options, card, adapter });
  if (isContainer) return requantiseContainer(source, { ...options, ...choice, card });
  return convertCheckpoint(source, folderName(flags.from), { ...options, ...choice, card, adapter });
}

/** Whether the source is a model folder of ours; those are taken to merge an adapter into them or for another scheme. */
async function checkSource({ from, adapter, scheme, visionScheme }: Flags): Promise<boolean> {
  const fail = (reason: string, remedy: string) =>
    new UserError({ code: 'no-checkpoint', subject: from, reason, remedy });
  const found = await stat(from).catch(() => null);
  if (!found?.isDirectory()) throw fail('there is no such folder.', 'Give the folder of a Hugging Face checkpoint.');
  if (!(await stat(path.join(from, manifestFile)).catch(() => null))) return false;
  const remedy = 'Give the checkpoint that it was made from';
  if (adapter === undefined && scheme === undefined)
    throw fail(
      'is a converted model already.',
      `${remedy}, or an --adapter to merge into it, or another --scheme (--vision-scheme beside it).`,
    );
  if (adapter !== undefined && (scheme ?? visionScheme)) {
    throw fail(
      'is a converted model, whose tensors keep their schemes.',
      `Leave out --scheme and --vision-scheme. ${remedy} to store it in another one.`,
    );
  }
  return true;
}

/** Without the fields that are undefined: they must not replace anything. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function createProgress(): (done: number, total: number) => void {
  let last = 0;
  return (done, total) => {
    const percent = Math.min(100, Math.floor((100 * done) / total));
    if (percent === last || (percent < last + progressPercent && percent < 100)) return;
    last = percent;
    const digits = total < 1e7 ? 1 : 0;
    say(`${percent} %: ${(done / 1e6).toFixed(digits)} of ${(total / 1e6).toFixed(digits)} MB`);
  };
}

function folderName(folder: string): string {
  return path.basename(path.resolve(folder));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
