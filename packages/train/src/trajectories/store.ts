/**
 * Trajectories on disk: `trajectories.jsonl` beside `images.rgb` (raw pixels one after the other) and `store.json`,
 * which says for which tokens and by whom they were made. Stores without the last one are older and stay readable.
 */
import { isDeepStrictEqual } from 'node:util';
import { open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';
import { prepareOutputFolder } from '../host/files.ts';
import { checkTrajectory } from './checkTrajectory.ts';
import type { TokenSpace } from './checkTrajectory.ts';
import type { Trajectory } from './trajectory.ts';

interface Line extends Omit<Trajectory, 'images' | 'logProbabilities'> {
  readonly images: readonly { readonly width: number; readonly height: number; readonly offset: number }[];
  /** JSON has no NaN: null off the model's tokens. */
  readonly logProbabilities?: readonly (number | null)[];
}

/** What is known of a whole store. */
export interface StoreHeader {
  readonly format: 'agentiad-trajectories/1';
  readonly tokens: TokenSpace;
  /** Whatever decides what is in the store; a store is resumed only by the same maker. Plain JSON. */
  readonly maker: Readonly<Record<string, unknown>>;
}

export interface TrajectoryWriter {
  /** Ids that were there already. */
  readonly done: ReadonlySet<string>;
  /** Throws a UserError for a trajectory that does not hold together. */
  write(trajectory: Trajectory): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a store in `folder`, replacing what the same maker left there, or goes on with it when `resume` is set. Throws a
 * UserError for a store that another maker began.
 */
export async function createTrajectoryWriter(
  folder: string,
  options: { readonly header?: StoreHeader; readonly resume?: boolean } = {},
): Promise<TrajectoryWriter> {
  await prepareOutputFolder(folder);
  const { header } = options;
  const file = path.join(folder, 'trajectories.jsonl');
  if (header) await checkMaker(folder, header);
  const kept =
    options.resume && header ? await keepWhole(folder, header.tokens) : { done: new Set<string>(), offset: 0 };
  const headerFile = path.join(folder, 'store.json');
  if (header) await writeFile(headerFile, `${JSON.stringify(header, null, 2)}\n`);
  else await rm(headerFile, { force: true });
  const lines = await open(file, kept.done.size > 0 ? 'a' : 'w');
  const pixels = await open(path.join(folder, 'images.rgb'), kept.done.size > 0 ? 'a' : 'w');
  let { offset } = kept;
  return {
    done: kept.done,
    async write(trajectory) {
      checkTrajectory(trajectory, header?.tokens ?? null, file);
      const images = [];
      for (const { width, height, data } of trajectory.images) {
        await pixels.appendFile(data);
        images.push({ width, height, offset });
        offset += data.length;
      }
      const { logProbabilities, ...rest } = trajectory;
      const line: Line = {
        ...rest,
        ...(logProbabilities && {
          logProbabilities: logProbabilities.map((value) => (Number.isNaN(value) ? null : value)),
        }),
        images,
      };
      await lines.appendFile(`${JSON.stringify(line)}\n`);
    },
    async close() {
      await lines.close();
      await pixels.close();
    },
  };
}

/** All trajectories, checked. `tokens`: what ids mean to the model they are read for; default what the store says. */
export async function readTrajectories(folder: string, tokens?: TokenSpace): Promise<Trajectory[]> {
  const file = path.join(folder, 'trajectories.jsonl');
  const [pixels, lines] = await Promise.all([readFile(path.join(folder, 'images.rgb')), open(file)]).catch(
    (error: unknown) => {
      throw new UserError({
        code: 'trajectories-missing',
        subject: folder,
        reason: 'there are no trajectories.',
        remedy: 'Make them with `agentiad data build`.',
        cause: error,
      });
    },
  );
  const header = await readHeader(folder);
  if (tokens && header && !isDeepStrictEqual(tokens, header.tokens)) {
    throw new UserError({
      code: 'trajectories-of-another-model',
      subject: folder,
      reason: `they were made for a model with other tokens (${JSON.stringify(header.tokens)}).`,
      remedy: 'Make them again with `agentiad data build` for this model.',
    });
  }
  const trajectories: Trajectory[] = [];
  for await (const text of lines.readLines()) {
    const where = `${file}:${trajectories.length + 1}`;
    const trajectory = readLine(text, pixels, where);
    checkTrajectory(trajectory, tokens ?? header?.tokens ?? null, where);
    trajectories.push(trajectory);
  }
  return trajectories;
}

async function readHeader(folder: string): Promise<StoreHeader | null> {
  const file = path.join(folder, 'store.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return JSON.parse(text) as StoreHeader;
  } catch (error) {
    throw damaged(file, error);
  }
}

async function checkMaker(folder: string, header: StoreHeader): Promise<void> {
  const before = await readHeader(folder);
  if (!before || isDeepStrictEqual(before, header)) return;
  throw new UserError({
    code: 'trajectories-of-another-maker',
    subject: folder,
    reason: 'the trajectories there were made with another teacher, run or settings.',
    remedy: 'Delete the folder, or name another `work` folder in the run.',
  });
}

/** Cuts off what a killed run wrote half; answers what is left. */
async function keepWhole(folder: string, tokens: TokenSpace): Promise<{ done: ReadonlySet<string>; offset: number }> {
  const file = path.join(folder, 'trajectories.jsonl');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const done = new Set<string>();
  if (text === '' || !(await readHeader(folder))) return { done, offset: 0 };
  const pixelsFile = path.join(folder, 'images.rgb');
  const pixels = await readFile(pixelsFile);
  let [bytes, offset] = [0, 0];
  for (const line of text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)) {
    const trajectory = readLine(line, pixels, `${file}:${done.size + 1}`);
    checkTrajectory(trajectory, tokens, `${file}:${done.size + 1}`);
    done.add(trajectory.id);
    bytes += Buffer.byteLength(line) + 1;
    offset += trajectory.images.reduce((sum, { data }) => sum + data.length, 0);
  }
  await truncate(file, bytes);
  await truncate(pixelsFile, offset);
  return { done, offset };
}

function readLine(text: string, pixels: Buffer, where: string): Trajectory {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch (error) {
    throw damaged(where, error);
  }
  if (![line.ids, line.segments, line.images].every(Array.isArray)) throw damaged(where);
  const images = line.images.map(({ width, height, offset }) => {
    const data = new Uint8Array(pixels.subarray(offset, offset + width * height * 3));
    if (data.length < width * height * 3) throw damaged(where);
    return { width, height, data };
  });
  const { logProbabilities, ...rest } = line;
  return {
    ...rest,
    images,
    ...(logProbabilities && { logProbabilities: logProbabilities.map((value) => value ?? NaN) }),
  };
}

function damaged(where: string, cause?: unknown): UserError {
  return new UserError({
    code: 'trajectories-damaged',
    subject: where,
    reason: 'the line or its pixels are cut off.',
    remedy: 'Make the trajectories again with `agentiad data build`.',
    cause,
  });
}
