/** Trajectories on disk: `trajectories.jsonl` beside `images.rgb`, raw pixels one after the other. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
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

export async function readTrajectories(folder: string): Promise<Trajectory[]> {
  const pixels = await readFile(path.join(folder, 'images.rgb')).catch((error: unknown) => {
    throw new UserError({
      code: 'trajectories-missing',
      subject: folder,
      reason: 'there are no trajectories.',
      remedy: 'Make them with `agentiad data build`.',
      cause: error,
    });
  });
  const trajectories: Trajectory[] = [];
  for await (const text of createInterface({ input: createReadStream(path.join(folder, 'trajectories.jsonl')) })) {
    const line = JSON.parse(text) as Line;
    const images = line.images.map(({ width, height, offset }) => ({
      width,
      height,
      data: new Uint8Array(pixels.subarray(offset, offset + width * height * 3)),
    }));
    trajectories.push({ ...line, images });
  }
  return trajectories;
}
