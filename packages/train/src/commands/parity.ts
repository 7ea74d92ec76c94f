/** `agentiad parity`: golden folders against the model, stage by stage (design §7). Report on stdout, progress on stderr. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { engineForward } from '@agentiad/core/engine/parityForward.ts';
import { runParity, type CaseReport } from '@agentiad/core/model/parity.ts';
import type { OpenForward } from '@agentiad/core/model/parityForward.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { selectBackend, selectEngineBackend, type BackendName } from '../host/backend.ts';
import { decodeImage } from '../host/decodeImage.ts';
import { openFolder } from '../host/folderSource.ts';
import { backendOption } from './options.ts';
import { UsageError } from './usageError.ts';

interface Flags {
  readonly path: 'model' | 'engine';
  readonly backend: BackendName;
}

export function registerParity(program: Command): void {
  program
    .command('parity')
    .description('Check the model against golden folders made by Hugging Face transformers, stage by stage.')
    .argument('<dir...>', 'golden folders, or folders of golden folders')
    .addOption(new Option('--path <path>', 'which forward pass').choices(['model', 'engine']).default('model'))
    .addOption(backendOption())
    .action((folders: string[], flags: Flags) => run(folders, flags));
}

async function run(paths: readonly string[], flags: Flags): Promise<void> {
  const isEngine = flags.path === 'engine';
  if (isEngine && flags.backend !== 'auto' && flags.backend !== 'webgpu') {
    throw new UsageError('--path engine', `the engine does not run on ${flags.backend}.`, 'Use --backend webgpu.');
  }
  const folders: string[] = [];
  for (const given of paths) folders.push(...(await goldenFolders(given)));
  // The engine takes any adapter: what it computes is checked, not how fast.
  const host = isEngine ? await selectEngineBackend('webgpu') : await selectBackend(flags.backend);
  const open = isEngine ? engineForward(host.gpu!.device) : undefined;
  process.stderr.write(`${host.backend}: ${host.adapter}\n`);
  let cases = 0;
  let failed = 0;
  try {
    for (const folder of folders) {
      const started = performance.now();
      for await (const report of runFolder(folder, open)) {
        cases++;
        if (!report.passed) failed++;
        process.stdout.write(describeCase(path.basename(folder), report));
      }
      process.stderr.write(`${path.basename(folder)}: ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
    }
  } finally {
    await host.dispose();
  }
  process.stdout.write(
    `${cases - failed} passed, ${failed} failed on ${isEngine ? 'the engine, ' : ''}${host.backend}\n`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** Runs every case of one golden folder, by default on the current TensorFlow.js backend. */
export async function* runFolder(folder: string, open?: OpenForward): AsyncGenerator<CaseReport> {
  yield* runParity({
    open,
    source: openFolder(folder),
    caseNames: (await caseNames(folder)) ?? [],
    decodeImage: async (bytes, name) => (await decodeImage(bytes, name)).raster,
  });
}

/** `given` itself, or the golden folders in it. */
export async function goldenFolders(given: string): Promise<string[]> {
  const folder = path.resolve(given);
  if (await caseNames(folder)) return [folder];
  const found: string[] = [];
  for (const name of (await list(folder)) ?? []) {
    if (await caseNames(path.join(folder, name))) found.push(path.join(folder, name));
  }
  if (found.length > 0) return found.sort();
  throw new UserError({
    code: 'no-golden',
    subject: given,
    reason: (await list(folder)) ? 'holds no golden cases (cases/*.json).' : 'is no folder.',
    remedy: 'Give a golden folder, as in packages/core/fixtures/golden/one-image.',
  });
}

/** Names of the cases in `folder`, or null when it is no golden folder. */
async function caseNames(folder: string): Promise<string[] | null> {
  const files = (await list(path.join(folder, 'cases'))) ?? [];
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  return names.length > 0 ? names.sort() : null;
}

async function list(folder: string): Promise<string[] | null> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}

function describeCase(folder: string, report: CaseReport): string {
  const title = `${folder}/${report.name}`;
  const tensors = report.tensors.map((tensor) => {
    const limit = `limit ${tensor.limit.toExponential(1)}`;
    const errors = `max abs ${tensor.maxAbs.toExponential(2)}  relative ${tensor.relative.toExponential(2)}  ${limit}`;
    const share = tensor.name === 'pixel_values' ? `  differing ${(100 * tensor.differing).toFixed(2)} %` : '';
    return `  ${tensor.name.padEnd(15)} ${errors}${share}${tensor.passed ? '' : '  <-- too far'}`;
  });
  const greedy = report.greedy.map(({ expected, chosen, agreed, note, passed }) => {
    const line = `  generated_ids   ${agreed} of ${expected.length} agree${note ? ` (${note})` : ''}`;
    return passed ? line : `${line}  <-- got ${chosen.join(' ')} for ${expected.join(' ')}`;
  });
  return [`${report.passed ? 'PASS' : 'FAIL'} ${title}`, ...tensors, ...greedy, ''].join('\n');
}
