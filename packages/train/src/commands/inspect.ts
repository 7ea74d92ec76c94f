/** `agentiad inspect`: the main job, headless (design §5). Verdict JSON on stdout or in a file, progress on stderr. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps, InspectionRequest } from '@agentiad/core/agent/request.ts';
import { LARGE_IMAGE_PIXELS } from '@agentiad/core/image/limits.ts';
import { DEFAULT_WINDOW, type WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { InspectionEvent } from '@agentiad/core/protocol/events.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { openAgentHost } from '../host/agentHost.ts';
import type { BackendName } from '../host/backend.ts';
import { decodeImage } from '../host/decodeImage.ts';
import { IMAGE_NAME } from '../host/exemplarFolder.ts';
import { readLibrary } from '../host/library.ts';
import { fileUnreadable, prepareOutputFile, prepareOutputFolder, readUserFile } from '../host/files.ts';
import { exemplarsOf, openRecipeFile } from '../host/recipeFile.ts';
import {
  backendOption,
  modelOption,
  modeOption,
  parseShare,
  seedOption,
  SHIPPED_TOWER,
  windowOption,
} from './options.ts';
import { UsageError } from './usageError.ts';
import { createVerdictWriter, writeTrace } from './verdictWriter.ts';

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
  readonly window?: WindowLevel;
  readonly backend: BackendName;
  readonly model: string;
  readonly seed: number;
}

export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('Inspect images of parts: look, zoom, compare with known-good parts, decide.')
    .argument('<image|dir...>', 'images, or folders of images')
    .option('--recipe <file>', 'recipe file of the studio, with its known-good parts, or a bare recipe.json')
    .option(
      '--library <dir|file>',
      'known-good parts: DIR/*.png|jpg, DIR/<category>/*, an MVTec tree (train/good), or a library file of the studio',
    )
    .option('--category <name>', 'kind of part')
    .option('--types <a,b>', 'candidate defect types, separated by commas')
    .addOption(modeOption())
    .option('--t1 <x>', 'below this score: normal (validated recipes only)', parseShare('--t1'))
    .option('--t2 <x>', 'above this score: anomalous (validated recipes only)', parseShare('--t2'))
    .option('--json <file>', 'where the verdict goes; - is standard output', '-')
    .option('--trace <dir>', 'write a trace per image that the studio can open')
    .option('--watch', 'tell every step on standard error while it runs')
    .addOption(windowOption())
    .addOption(backendOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .action((paths: string[], flags: Flags) => run(paths, flags));
}

async function run(paths: readonly string[], flags: Flags): Promise<void> {
  const opened = flags.recipe ? await openRecipeFile(flags.recipe) : null;
  const recipe = opened?.recipe ?? null;
  const thresholds = readThresholds(flags, recipe);
  const category = flags.category ?? recipe?.category ?? null;
  const files = await listImages(paths);
  const window = flags.window ?? DEFAULT_WINDOW;
  const given = flags.library ? await readLibrary(flags.library, category, window) : null;
  const library = given?.set ?? (opened && (await exemplarsOf(opened, window)));
  const types = flags.types ? splitTypes(flags.types) : (recipe?.types ?? given?.types ?? []);
  const target = flags.json ?? '-';
  if (target !== '-') await prepareOutputFile(target);
  if (flags.trace) await prepareOutputFolder(flags.trace);
  if (!library && recipe && recipe.exemplarSha256.length > 0)
    say(`${flags.recipe}: names ${recipe.exemplarSha256.length} known-good parts and holds none; give --library.`);
  else if (!library) say('No --library given: the part is not compared with known-good parts.');
  else if (library.exemplars.length === 0) say(`${flags.library}: no known-good parts here: nothing to compare with.`);

  const controller = new AbortController();
  const stop = () => {
    say('Stopping at the next token...');
    controller.abort();
  };
  process.once('SIGINT', stop);
  const writer = createVerdictWriter(target, files.length === 1 ? 'object' : 'lines');
  try {
    const host = await openAgentHost({ backend: flags.backend, model: flags.model, tower: SHIPPED_TOWER });
    try {
      say(`${host.deps.model.backbone.card.name} on ${host.deps.runtime.backend}: ${host.deps.runtime.adapter}`);
      await inspectFiles(host.deps);
    } finally {
      await host.dispose();
    }
  } finally {
    process.removeListener('SIGINT', stop);
    await writer.close();
  }

  async function inspectFiles(deps: InspectionDeps): Promise<void> {
    for (const [index, file] of files.entries()) {
      if (controller.signal.aborted) {
        say(`Stopped: ${files.length - index} of ${files.length} not inspected.`);
        process.exitCode = 1;
        return;
      }
      try {
        const trace = await inspectFile(file, deps);
        await writer.write(trace.verdict);
        if (flags.trace) await writeTrace(flags.trace, file, trace);
        if (trace.verdict.status !== 'complete') process.exitCode = 1;
        say(`${file}: ${trace.verdict.verdict.reason}`);
      } catch (error) {
        // One refused file must not lose the verdicts of the others.
        if (!(error instanceof UserError)) throw error;
        refuse(error);
      }
    }
  }

  async function inspectFile(file: string, deps: InspectionDeps): Promise<Trace> {
    const part = await decodeImage(await readUserFile(file), path.basename(file), window);
    if (part.raster.width * part.raster.height > LARGE_IMAGE_PIXELS)
      say(`${file}: more than ${LARGE_IMAGE_PIXELS / 1e6} megapixels; this takes a while and much memory.`);
    const request: InspectionRequest = {
      part,
      category: category ?? library?.category ?? null,
      types,
      mode: flags.mode ?? recipe?.mode ?? defaultMode(library),
      library,
      thresholds,
      seed: flags.seed,
      recipe,
      signal: controller.signal,
      onEvent: flags.watch ? tellEvent : undefined,
    };
    return inspect(request, deps);
  }
}

function defaultMode(library: ExemplarSet | null): Mode {
  return library ? 'full' : 'pz';
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

/** Images named directly and all images of named folders, sorted. What is not there is told; the rest goes on. */
async function listImages(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  const missing: UserError[] = [];
  for (const given of paths) {
    try {
      files.push(...((await stat(given)).isDirectory() ? await imagesIn(given) : [given]));
    } catch (error) {
      missing.push(fileUnreadable(given, error as NodeJS.ErrnoException));
    }
  }
  if (files.length > 0) missing.forEach(refuse);
  else if (missing[0]) throw missing[0];
  else {
    throw new UserError({
      code: 'no-images',
      subject: paths.join(', '),
      reason: 'no images were found.',
      remedy: 'Name an image or a folder that holds some.',
    });
  }
  return files;
}

/** Images that cannot be read are listed too: a part that was never looked at must not go unnoticed. */
async function imagesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && (IMAGE_NAME.test(entry.name) || UNSUPPORTED_NAME.test(entry.name)))
    .map(({ name }) => path.join(folder, name))
    .toSorted();
}

const UNSUPPORTED_NAME = /\.(hei[cf]|jxl|jp2)$/i;

/** Tells what is wrong with one file; the command goes on and fails in the end. */
function refuse(error: UserError): void {
  say(error.message);
  process.exitCode = 1;
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
