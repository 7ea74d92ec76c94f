/**
 * `agentiad validate`: a recipe proved on labelled images of its kind of part (design §5). The figures are those of the
 * studio's wizard: both come from `@agentiad/core/validation`.
 */
import { realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { validatedWith } from '@agentiad/core/agent/recipeUse.ts';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { loadedOf } from '@agentiad/core/agent/request.ts';
import { DEFAULT_WINDOW, type WindowChoice, type WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { packRecipe } from '@agentiad/core/protocol/recipeFile.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { DEFAULT_COSTS } from '@agentiad/core/validation/suggest.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import { openAgentHost } from '../host/agentHost.ts';
import type { BackendName } from '../host/backend.ts';
import { prepareOutputFile, prepareOutputFolder, writing } from '../host/files.ts';
import { readLabelledImages, type LabelledImage } from '../host/labelledImages.ts';
import { readLibrary } from '../host/library.ts';
import { exemplarsOf, openRecipeFile } from '../host/recipeFile.ts';
import { replaceFile } from '../run/durable.ts';
import { openFinishedWork } from '../run/finishedWork.ts';
import {
  backendOption,
  modelOption,
  modeOption,
  parseWhole,
  seedOption,
  SHIPPED_TOWER,
  windowOption,
} from './options.ts';
import { UsageError } from './usageError.ts';
import { isFinishedImage, validateImages } from './validateImages.ts';
import { describeSizes, describeValidation, type ValidatedImage } from './validationReport.ts';

interface Flags {
  readonly recipe: string;
  readonly data: string;
  readonly library?: string;
  readonly out?: string;
  readonly json?: string;
  readonly trace?: string;
  readonly costRatio?: number;
  readonly limit?: number;
  readonly restart?: boolean;
  readonly mode?: Mode;
  readonly window?: WindowLevel;
  readonly backend: BackendName;
  readonly model: string;
  readonly seed: number;
}

/** Ending of the file beside the recipe's that keeps what is finished. */
const UNFINISHED = '.unfinished.jsonl';

export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('Prove a recipe on labelled images of its kind of part and write the result into it.')
    .requiredOption('--recipe <file>', 'recipe file of the studio, or a bare recipe.json')
    .requiredOption('--data <what>', 'manifest.jsonl, or a folder with good parts in "good" and bad ones in others')
    .option(
      '--library <dir|file>',
      'known-good parts, where the recipe file holds none; others make a new version of it',
    )
    .option('--out <file>', 'where the validated recipe goes; default: into the recipe file itself')
    .option('--json <file>', 'figures and scores of every image as JSON; - is standard output')
    .option('--trace <dir>', 'write a trace per image that the studio can open')
    .option('--cost-ratio <n>', 'an escape costs this many times an overkill', parseRatio)
    .option('--restart', 'inspect every image again; else a run that was interrupted is gone on with')
    .option('--limit <n>', 'most images, good and bad ones in turn', parseWhole('--limit', 1))
    .addOption(modeOption())
    .addOption(windowOption())
    .addOption(backendOption())
    .addOption(modelOption())
    .addOption(seedOption())
    .addHelpText(
      'after',
      `
Every finished inspection is kept beside the recipe (*${UNFINISHED}) until all are done: the same command
after Ctrl-C, kill -9 or a power cut inspects only what is missing, and comes to the same figures. Another
recipe, model, image, known-good part, seed, window or backend is inspected anew.`,
    )
    .action((flags: Flags) => run(flags));
}

function parseRatio(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new UsageError('--cost-ratio', `"${text}" is not a number above 0.`, 'Give a number, as in --cost-ratio 10.');
}

/** What is written takes the place of nothing that is read or written besides; the recipe alone may come back to its file. */
async function refuseOverwriting({ recipe, data, library, out, json, trace }: Flags): Promise<void> {
  const target = out ?? recipe;
  const others: readonly (readonly [string, string | undefined])[] = [
    ['--data', data],
    ['--library', library],
    ['--trace', trace],
  ];
  const check = async (flag: string, file: string, against: typeof others) => {
    for (const [other, named] of against)
      if (named !== undefined && (await placeOf(named)) === (await placeOf(file)))
        throw new UsageError(
          flag,
          `${file} is also ${other}: one would overwrite the other.`,
          `Name another file for ${flag}.`,
        );
  };
  if (out !== undefined) await check('--out', out, others);
  if (json !== undefined && json !== '-')
    await check('--json', json, [['--recipe', recipe], ['--out', target], ...others]);
}

/** Where `file` is or would be, whatever links lead there. */
async function placeOf(file: string): Promise<string> {
  const whole = path.resolve(file);
  const folder = path.dirname(whole);
  if (folder === whole) return whole;
  return realpath(whole).catch(async () => path.join(await placeOf(folder), path.basename(whole)));
}

async function run(flags: Flags): Promise<void> {
  await refuseOverwriting(flags);
  const opened = await openRecipeFile(flags.recipe);
  const target = flags.out ?? flags.recipe;
  await prepareOutputFile(target);
  if (flags.json && flags.json !== '-') await prepareOutputFile(flags.json);
  if (flags.trace) await prepareOutputFolder(flags.trace);
  const { category } = opened.recipe;
  const libraries = new Map<string, Promise<ExemplarSet | null>>();
  const libraryFor = (reduced: WindowChoice) => {
    const key = JSON.stringify(reduced);
    const read = async () =>
      flags.library ? (await readLibrary(flags.library, category, reduced)).set : exemplarsOf(opened, reduced);
    const opening = libraries.get(key) ?? read();
    libraries.set(key, opening);
    return opening;
  };
  const library = await libraryFor(flags.window ?? DEFAULT_WINDOW);
  const recipe = asUsed(opened.recipe, library, flags.mode);
  const labelled = await readLabelledImages(flags.data, category);
  const chosen = inTurn(labelled.images).slice(0, flags.limit);
  if (!library && recipe.exemplarSha256.length > 0)
    say(`${flags.recipe}: names ${recipe.exemplarSha256.length} known-good parts and holds none; give --library.`);
  const leftOut = labelled.leftOut.map(({ name, reason }) => refuse(name, reason));

  const unfinished = `${target}${UNFINISHED}`;
  if (flags.restart) await rm(unfinished, { force: true });
  const finished = await openFinishedWork(unfinished, isFinishedImage);
  const controller = new AbortController();
  const stop = () => {
    say('Stopping at the next token...');
    controller.abort();
  };
  process.once('SIGINT', stop);
  const host = await openAgentHost({ backend: flags.backend, model: flags.model, tower: SHIPPED_TOWER });
  try {
    const { card } = host.deps.model.backbone;
    say(`${card.name} on ${host.deps.runtime.backend}: ${host.deps.runtime.adapter}`);
    if (recipe.modelSha256 !== null && recipe.modelSha256 !== card.sha256)
      say(
        `${flags.recipe}: is made for the model ${recipe.modelId ?? recipe.modelSha256.slice(0, 12)}; validated with ${card.name}.`,
      );
    const { images, known, keys } = await validateImages(
      {
        images: chosen,
        recipe,
        libraryFor,
        seed: flags.seed,
        window: flags.window,
        traces: flags.trace,
        signal: controller.signal,
        finished,
        onLeftOut: (name, reason, { tell, isHarmless }) => leftOut.push(refuse(name, reason, tell, isHarmless)),
      },
      host.deps,
    );
    if (known > 0)
      say(`${known} of ${images.length} images were inspected by a run that was interrupted (${unfinished}).`);
    if (controller.signal.aborted) {
      say(`Stopped: no figures were written. The same command goes on after ${images.length} inspected images.`);
      process.exitCode = 1;
      return;
    }
    await finish(images, host.deps);
    await finished.drop(keys);
  } finally {
    process.removeListener('SIGINT', stop);
    await finished.close();
    await host.dispose();
  }

  async function finish(images: readonly ValidatedImage[], deps: InspectionDeps): Promise<void> {
    if (images.length === 0) {
      throw new UserError({
        code: 'no-images',
        subject: flags.data,
        reason: 'no labelled image could be inspected.',
        remedy: 'Give good and bad images that are not among the known-good parts.',
      });
    }
    const { t1, t2, mode, types } = recipe;
    const costRatio = flags.costRatio ?? recipe.validation?.costRatio ?? DEFAULT_COSTS.costRatio;
    const validation = summariseValidation({
      cases: images,
      thresholds: { t1, t2 },
      with: validatedWith({ recipe, mode, types, library }, loadedOf(deps)),
      date: new Date().toISOString(),
      costRatio,
    });
    const written: Recipe = { ...recipe, validation };
    const report = describeValidation(written, images);
    const isJson = flags.json === '-';
    (isJson ? process.stderr : process.stdout).write(`${report.text}\n`);
    for (const line of describeSizes(images, library)) say(line);
    if (flags.json) {
      const json = `${JSON.stringify({ recipe: { id: written.id, version: written.version, name: written.name }, validation, ...report.figures, images, leftOut }, null, 2)}\n`;
      if (isJson) process.stdout.write(json);
      else await writing(flags.json, () => replaceFile(flags.json!, encodeUtf8(json)));
    }
    const holdsExemplars = opened.exemplars.length > 0 && !flags.library;
    const bytes = holdsExemplars
      ? packRecipe(written, opened.exemplars)
      : encodeUtf8(`${JSON.stringify(written, null, 2)}\n`);
    await writing(target, () => replaceFile(target, bytes));
    say(`${target}: the recipe with its validation.`);
  }
}

/** The recipe as it is validated: with the exemplars there are and the mode that was asked for, else a version later. */
function asUsed(recipe: Recipe, library: ExemplarSet | null, mode: Mode = recipe.mode): Recipe {
  const exemplarSha256 = library?.exemplars.map(({ sha256 }) => sha256) ?? recipe.exemplarSha256;
  const isSame = mode === recipe.mode && exemplarSha256.toSorted().join() === recipe.exemplarSha256.toSorted().join();
  if (isSame) return recipe;
  const tools = mode === recipe.mode ? recipe.tools : MODES[mode];
  // The fast path is Library match's.
  const triage = tools.includes('difference') ? recipe.triage : null;
  const saved = new Date().toISOString();
  return { ...recipe, version: recipe.version + 1, saved, mode, tools, triage, exemplarSha256, validation: null };
}

/** Good and bad ones in turn, so that a limit keeps both. */
function inTurn(images: readonly LabelledImage[]): LabelledImage[] {
  const good = images.filter(({ truth }) => truth === 'normal');
  const bad = images.filter(({ truth }) => truth === 'anomalous');
  return Array.from({ length: Math.max(good.length, bad.length) }, (_, i) => [good[i], bad[i]])
    .flat()
    .filter((image) => image !== undefined);
}

/** Names an image that is left out. The command fails in the end, unless leaving it out loses nothing. */
function refuse(name: string, reason: string, tell: (text: string) => void = say, isHarmless = false) {
  tell(`${name}: left out: ${reason}${reason.endsWith('.') ? '' : '.'}`);
  if (!isHarmless) process.exitCode = 1;
  return { name, reason };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
