/** Trajectories on disk: `trajectories.jsonl` beside `images.rgb`, raw pixels one after the other. */
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Trajectory } from './trajectory.ts';

interface Line extends Omit<Trajectory, 'images'> {
  readonly images: readonly { readonly width: number; readonly height: number; readonly offset: number }[];
}

export interface TrajectoryWriter {
  write(trajectory: Trajectory): Promise<void>;
  close(): Promise<void>;
}

/** Starts a store in `folder`, replacing what is there. */
export async function createTrajectoryWriter(folder: string): Promise<TrajectoryWriter> {
  await mkdir(folder, { recursive: true });
  const lines = await open(path.join(folder, 'trajectories.jsonl'), 'w');
  const pixels = await open(path.join(folder, 'images.rgb'), 'w');
  let offset = 0;
  return {
    async write(trajectory) {
      const images = [];
      for (const { width, height, data } of trajectory.images) {
        await pixels.write(data);
        images.push({ width, height, offset });
        offset += data.length;
      }
      const line: Line = { ...trajectory, images };
      await lines.write(`${JSON.stringify(line)}\n`);
    },
    async close() {
      await lines.close();
      await pixels.close();
    },
  };
}

/** Throws a UserError when there is no store in `folder` or when it was cut off. */
export async function readTrajectories(folder: string): Promise<Trajectory[]> {
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
  const trajectories: Trajectory[] = [];
  for await (const text of lines.readLines()) {
    trajectories.push(readLine(text, pixels, `${file}:${trajectories.length + 1}`));
  }
  return trajectories;
}

function readLine(text: string, pixels: Buffer, where: string): Trajectory {
  const damaged = (cause?: unknown) =>
    new UserError({
      code: 'trajectories-damaged',
      subject: where,
      reason: 'the line or its pixels are cut off.',
      remedy: 'Make the trajectories again with `agentiad data build`.',
      cause,
    });
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch (error) {
    throw damaged(error);
  }
  const images = line.images.map(({ width, height, offset }) => {
    const data = new Uint8Array(pixels.subarray(offset, offset + width * height * 3));
    if (data.length < width * height * 3) throw damaged();
    return { width, height, data };
  });
  return { ...line, images };
}
