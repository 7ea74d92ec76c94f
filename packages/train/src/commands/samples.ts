/** `agentiad samples`: writes the sample parts of the studio, `public/samples/`. Same bytes each time. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import sharp from 'sharp';
import { prepareOutputFolder } from '../host/files.ts';
import type { SampleEntry } from '../parts/samples.ts';
import { describeSamples, SAMPLE_CATEGORIES } from '../parts/samples.ts';

export const SHIPPED_SAMPLES = fileURLToPath(new URL('../../../../public/samples', import.meta.url));
const JPEG_QUALITY = 90;

export function registerSamples(program: Command): void {
  program
    .command('samples')
    .description('Write the sample part images of the studio.')
    .option('--out <dir>', 'folder to write', SHIPPED_SAMPLES)
    .action((flags: { out: string }) => writeSamples(flags.out));
}

async function writeSamples(folder: string): Promise<void> {
  await prepareOutputFolder(folder);
  const list: SampleEntry[] = [];
  let bytes = 0;
  for (const sample of SAMPLE_CATEGORIES) {
    const { entries, images } = describeSamples(sample);
    list.push(...entries);
    for (const { file, render } of images) {
      const { width, height, data } = render().raster;
      const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' })
        .toBuffer();
      await writeFile(path.join(folder, file), jpeg);
      bytes += jpeg.length;
    }
  }
  await writeFile(path.join(folder, 'samples.json'), `${JSON.stringify(list, null, 2)}\n`);
  process.stderr.write(`${list.length} samples, ${(bytes / 2 ** 20).toFixed(1)} MiB, in ${folder}\n`);
}
