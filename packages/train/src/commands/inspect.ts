/** `agentiad inspect`: the main job, headless (design §5). Verdict JSON on stdout or in a file, progress on stderr. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import type { InspectionRequest } from '@agentiad/core/agent/request.ts';
import type { InspectionEvent } from '@agentiad/core/protocol/events.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { openAgentHost } from '../host/agentHost.ts';
import type { BackendName } from '../host/backend.ts';
import { decodeImage } from '../host/decodeImage.ts';
import { IMAGE_NAME, readExemplarFolder } from '../host/exemplarFolder.ts';
import { backendOption, modelOption, modeOption, parseShare, seedOption, SHIPPED_TOWER } from './options.ts';
import { UsageError } from './usageError.ts';

interface Flags {
  readonly recipe?: string;
  readonly library?: string;
  readonly category?: string;
  readonly types?: string;
  readonly mode?: Mode;
  readonly t1?: number;
  readonly t2?: number;
  readonly json?: string;
  readonly trace?: string;
  readonly watch?: boolean;
  readonly backend: BackendName;
  readonly model: string;
  readonly seed: number;
}

export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('Inspect images of parts: look, zoom, compare with known-good parts, decide.')
    .argument('<image|dir...>', 'images, or folders of images')
    .option('--recipe <file>', 'recipe of this kind of part')
    .option('--library <dir>', 'known-good parts: DIR/*.png|jpg, DIR/<category>/*, or an MVTec tree (train/good)')
    .option('--category <name>', 'kind of part')
    .option('--types <a,b>', 'candidate defect types, separated by commas')
    .addOption(modeOption())
    .option('--t1 <x>', 'below this score: normal (validated recipes only)', parseShare('--t1'))
    .option('--t2 <x>', 'above this score: anomalous (validated recipes only)', parseShare('--t2'))
    .option('--json <file>', 'where the verdict goes; - is standard output', '-')
    .option('--trace <dir>', 'write a trace per image that the studio can open')
    .option('--watch', 'tell every step on standard error while it runs')
    .addOption(backendOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .action((paths: string[], flags: Flags) => run(paths, flags));
}

async function run(paths: readonly string[], flags: Flags): Promise<void> {
  const recipe = flags.recipe ? await readRecipe(flags.recipe) : null;
  const thresholds = readThresholds(flags, recipe);
  const category = flags.category ?? recipe?.category ?? null;
  const files = await listImages(paths);
  const library = flags.library ? await readExemplarFolder(flags.library, category) : null;
  if (category !== null && !library) say(`No --library given: nothing to compare "${category}" with.`);

  const controller = new AbortController();
  const stop = () => {
    say('Stopping at the next token...');
    controller.abort();
  };
  process.once('SIGINT', stop);
  const host = await openAgentHost({ backend: flags.backend, model: flags.model, tower: SHIPPED_TOWER });
  say(`${host.deps.model.backbone.card.name} on ${host.deps.runtime.backend}: ${host.deps.runtime.adapter}`);
  const verdicts: string[] = [];
  try {
    for (const file of files) {
      if (controller.signal.aborted) break;
      try {
        const trace = await inspectFile(file);
        verdicts.push(JSON.stringify(trace.verdict, null, files.length === 1 ? 2 : undefined));
        if (flags.trace) await writeTrace(flags.trace, file, trace);
        if (trace.verdict.status !== 'complete') process.exitCode = 1;
        say(`${file}: ${trace.verdict.verdict.reason}`);
      } catch (error) {
        // One refused file must not lose the verdicts of the others.
        if (!(error instanceof UserError)) throw error;
        say(error.message);
        process.exitCode = 1;
      }
    }
  } finally {
    process.removeListener('SIGINT', stop);
    await host.dispose();
  }
  await writeVerdicts(flags.json ?? '-', verdicts);

  async function inspectFile(file: string): Promise<Trace> {
    const part = await decodeImage(await readFile(file), path.basename(file));
    const request: InspectionRequest = {
      part,
      category: category ?? library?.category ?? null,
      types: flags.types ? splitTypes(flags.types) : (recipe?.types ?? []),
      mode: flags.mode ?? recipe?.mode ?? defaultMode(library),
      library,
      thresholds,
      seed: flags.seed,
      recipe,
      signal: controller.signal,
      onEvent: flags.watch ? tellEvent : undefined,
    };
    return inspect(request, host.deps);
  }
}

function defaultMode(library: ExemplarSet | null): Mode {
  return library ? 'full' : 'pz';
}

async function readRecipe(file: string): Promise<Recipe> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, 'the recipe cannot be read.', error);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, 'it is not valid JSON.', error);
  }
  const checked = checkDocument('recipe', json);
  if (!checked.ok) throw unreadable(file, `it is not a recipe: ${checked.problems.join('; ')}.`, undefined);
  return checked.value;
}

function unreadable(file: string, reason: string, cause: unknown): UserError {
  return new UserError({
    code: 'recipe-unreadable',
    subject: file,
    reason,
    remedy: 'Give a recipe file of the studio.',
    cause,
  });
}

function readThresholds(flags: Flags, recipe: Recipe | null): { t1: number; t2: number } {
  const t1 = flags.t1 ?? recipe?.t1 ?? DEFAULT_THRESHOLDS.t1;
  const t2 = flags.t2 ?? recipe?.t2 ?? DEFAULT_THRESHOLDS.t2;
  if (t1 > t2) throw new UsageError('--t1/--t2', `t1 (${t1}) is above t2 (${t2}).`, 'Give t1 <= t2.');
  return { t1, t2 };
}

function splitTypes(text: string): string[] {
  const types = text.split(',').map((type) => type.trim());
  if (types.some((type) => type === ''))
    throw new UsageError('--types', 'an entry is empty.', 'Write --types scratch,dent.');
  return types;
}

/** Images named directly and all images of named folders, sorted. */
async function listImages(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const given of paths) {
    const found = await stat(given).catch(() => null);
    if (!found) {
      throw new UserError({
        code: 'file-missing',
        subject: given,
        reason: 'there is no such file or folder.',
        remedy: 'Check the path.',
      });
    }
    if (found.isFile()) files.push(given);
    else
      files.push(
        ...(await readdir(given))
          .filter((name) => IMAGE_NAME.test(name))
          .toSorted()
          .map((name) => path.join(given, name)),
      );
  }
  if (files.length === 0) {
    throw new UserError({
      code: 'no-images',
      subject: paths.join(', '),
      reason: 'no images were found.',
      remedy: 'Name an image or a folder that holds some.',
    });
  }
  return files;
}

async function writeVerdicts(target: string, verdicts: readonly string[]): Promise<void> {
  if (verdicts.length === 0) return;
  const text = `${verdicts.join('\n')}\n`;
  if (target === '-') process.stdout.write(text);
  else await writeFile(target, text);
}

async function writeTrace(folder: string, file: string, trace: Trace): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = `${path.basename(file, path.extname(file))}-${trace.verdict.image.sha256.slice(0, 8)}.trace.json`;
  await writeFile(path.join(folder, name), JSON.stringify(trace));
}

function tellEvent(event: InspectionEvent): void {
  if (event.type === 'step-started') process.stderr.write(`\n[${event.stepId}] `);
  else if (event.type === 'text') process.stderr.write(event.text);
  else if (event.type === 'step-finished' && event.step.observation)
    process.stderr.write(`${event.step.observation.text}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
