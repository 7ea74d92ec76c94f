/** `agentiad data`: `build` makes trajectories with the scripted teacher; `check` and `import` have files of their own. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { shuffled } from '../data/split.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { prepareOutputFolder } from '../host/files.ts';
import { openFolder } from '../host/folderSource.ts';
import { ADDED_TOKENS } from '../nano/bpe.ts';
import { nanoFiles, nanoTokenizerFiles } from '../nano/folder.ts';
import type { RunConfig } from '../run/config.ts';
import { nanoSizes, readRunConfig, REPOSITORY } from '../run/config.ts';
import { createProgress } from '../run/progress.ts';
import type { TeacherDeps } from '../trajectories/build.ts';
import { demonstrate, tokenSpaceOf } from '../trajectories/build.ts';
import { caseRandom } from '../trajectories/caseRandom.ts';
import { trainingCases } from '../trajectories/cases.ts';
import { buildWithTeacher } from '../trajectories/endpoint/buildWithTeacher.ts';
import type { OpenedTeacher, TeacherFlags } from '../trajectories/options.ts';
import { openTeacher, teacherOptions } from '../trajectories/options.ts';
import { modelWithoutWeights, openRunModel } from '../trajectories/runModel.ts';
import { shrinkSome } from '../trajectories/smallParts.ts';
import { createTrajectoryWriter } from '../trajectories/store.ts';
import { renameTypes } from '../trajectories/typeNames.ts';
import { registerDataCheck } from './dataCheck.ts';
import { registerDataImport } from './dataImport.ts';
import { backendOption, SHIPPED_TOWER } from './options.ts';
import { UsageError } from './usageError.ts';

const BYTES_ONLY = 256 + ADDED_TOKENS.length;

interface BuildFlags extends TeacherFlags {
  readonly config: string;
  readonly dataDir: string;
  readonly shard: string;
  readonly backend: BackendName;
}

export function registerData(program: Command): void {
  const data = program.command('data').description('Training data.');
  const build = data
    .command('build')
    .description('Make demonstrations for a run: of the scripted teacher, or of one behind an endpoint.')
    .requiredOption('--config <file>', 'run configuration')
    .option('--data-dir <dir>', 'folder of the public data sets that the run names', path.join(REPOSITORY, 'data'))
    .option('--shard <k/n>', 'make only the k-th of n parts, to share the work between processes', '1/1')
    .addOption(backendOption())
    .action((flags: BuildFlags) => runBuild(flags));
  teacherOptions().forEach((option) => build.addOption(option));
  registerDataCheck(data);
  registerDataImport(data);
}

async function runBuild(flags: BuildFlags): Promise<void> {
  const [shard, shards] = parseShard(flags.shard);
  const teacher = await openTeacher(flags);
  const run = await readRunConfig(flags.config);
  await prepareOutputFolder(run.work);
  const selected = await selectBackend(flags.backend);
  try {
    await buildCases(flags, run, teacher, [shard, shards]);
  } finally {
    await selected.dispose();
  }
}

async function buildCases(
  flags: BuildFlags,
  run: RunConfig,
  teacher: OpenedTeacher | null,
  [shard, shards]: readonly [number, number],
): Promise<void> {
  const tower = await createTower(openFolder(SHIPPED_TOWER));
  const match = keepLastMatch((set) => createLibraryMatch({ tower, set }));
  const cases = shuffled(await trainingCases(run, flags.dataDir), createRandom(run.seed));

  const known = await openRunModel(run);
  if (!known && shards > 1) {
    throw new UsageError(
      '--shard',
      'the tokenizer is not there yet.',
      'Run `agentiad data build --shard 0/1` first: it learns the tokenizer only.',
    );
  }
  const deps: TeacherDeps = { model: known ?? (await learnTokenizer(run, cases, match)), match };
  const own = ownCases(cases, shard, shards);
  const folder = path.join(run.work, 'trajectories', `${run.name}-${shard}-of-${shards}`);
  const randomOf = (example: LabelledCase) => caseRandom(run.seed, cases.indexOf(example));
  if (teacher) {
    const { name, seed, data } = run;
    await buildWithTeacher({
      ...teacher,
      jobs: own.map((example) => ({
        example,
        mode: drawMode(run, randomOf(example)),
        random: () => randomOf(example),
      })),
      folder,
      cacheFolder: path.join(run.work, 'teacher-cache'),
      deps,
      run: { name, seed, data },
      say: (text) => void process.stderr.write(`${text}\n`),
    });
  } else {
    await buildScripted(run, own, randomOf, deps, folder);
  }
  tower.dispose();
}

async function buildScripted(
  run: RunConfig,
  cases: readonly LabelledCase[],
  randomOf: (example: LabelledCase) => Random,
  deps: TeacherDeps,
  folder: string,
): Promise<void> {
  const { name, seed, data } = run;
  const header = {
    format: 'agentiad-trajectories/1' as const,
    tokens: tokenSpaceOf(deps.model),
    maker: { teacher: 'scripted', run: { name, seed, data } },
  };
  const writer = await createTrajectoryWriter(folder, { header });
  const progress = createProgress({ unit: 'case', total: cases.length });
  try {
    for (const [index, example] of cases.entries()) {
      const random = randomOf(example);
      const { trajectory } = await demonstrate(varied(example, random), drawMode(run, random), deps, random);
      await writer.write(trajectory);
      progress.update(index + 1);
    }
    await writer.close();
  } finally {
    progress.stop();
  }
  process.stderr.write(`${cases.length} demonstrations written to ${folder}\n`);
}

/** Learns the tokenizer from demonstrations rendered with a byte-level one, and writes the model's text files. */
async function learnTokenizer(
  run: RunConfig,
  cases: readonly LabelledCase[],
  match: TeacherDeps['match'],
): Promise<LoadedModel> {
  const bytes = modelWithoutWeights(nanoFiles(nanoSizes(run), nanoTokenizerFiles([], BYTES_ONLY)));
  const texts: string[] = [];
  const random = createRandom(run.seed);
  for (const example of cases.slice(0, run.data.corpus)) {
    const { trajectory } = await demonstrate(
      varied(example, random),
      drawMode(run, random),
      { model: bytes, match },
      random,
    );
    texts.push(bytes.backbone.tokenizer.decode(trajectory.ids));
  }
  const files = nanoFiles(nanoSizes(run), nanoTokenizerFiles(texts, nanoSizes(run).vocabSize));
  const folder = path.join(run.work, 'model');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) await writeFile(path.join(folder, name), text);
  return modelWithoutWeights(files);
}

/** Cases of one part of the work, those of one category together: they share a library. */
function ownCases(cases: readonly LabelledCase[], shard: number, shards: number): LabelledCase[] {
  const categories = [...new Set(cases.map(({ category }) => category))];
  return cases
    .filter(
      ({ category }, index) => (categories.length > 1 ? categories.indexOf(category) : index) % shards === shard - 1,
    )
    .toSorted((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category));
}

/** Features of a library are worth keeping from one case to the next when both have the same exemplars. */
function keepLastMatch(create: TeacherDeps['match']): TeacherDeps['match'] {
  let last: { key: string; match: LibraryMatch } | null = null;
  return (set) => {
    const key = set.exemplars.map(({ sha256 }) => sha256).join();
    if (last?.key !== key) last = { key, match: create(set) };
    return last.match;
  };
}

function varied(example: LabelledCase, random: Random): LabelledCase {
  return shrinkSome(renameTypes(example, random), random);
}

function drawMode(run: RunConfig, random: Random): Mode {
  const entries = Object.entries(run.data.modes) as [Mode, number][];
  let point = random.next() * entries.reduce((sum, [, share]) => sum + share, 0);
  for (const [mode, share] of entries) {
    point -= share;
    if (point < 0) return mode;
  }
  return entries.at(-1)![0];
}

function parseShard(text: string): [shard: number, shards: number] {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [shard, shards] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || shards < 1 || shard > shards) {
    throw new UsageError('--shard', `"${text}" is not of the form k/n.`, 'Write --shard 1/2.');
  }
  return [shard, shards];
}
