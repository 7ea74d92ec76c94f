import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nanoFiles, nanoTokenizerFiles } from '../nano/folder.ts';
import { TINY_SIZES } from '../nano/tinyNano.ts';
import { openRunModel } from './runModel.ts';

const work = await mkdtemp(path.join(os.tmpdir(), 'agentiad-run-'));
afterAll(() => rm(work, { recursive: true }));
const SHIPPED = fileURLToPath(new URL('../../../../public/models/nano', import.meta.url));

describe('the model that demonstrations are rendered for', () => {
  it('is the checkpoint that the run starts from, its views no larger than the run wants', async () => {
    const whole = await openRunModel({ work, model: { checkpoint: SHIPPED } });
    expect(whole!.backbone.tokenizer.idOf('<|im_end|>')).not.toBeNull();
    const small = await openRunModel({ work, model: { checkpoint: SHIPPED, viewPixels: 3136 } });
    expect(small!.processor).toMatchObject({ minPixels: 3136, maxPixels: 3136 });
    expect(whole!.processor.maxPixels).toBeGreaterThan(3136);
  });

  it('is not there before a tokenizer was learned', async () => {
    expect(await openRunModel({ work, model: TINY_SIZES })).toBeNull();
  });

  it.each([
    ['of the language model', { kvHeads: TINY_SIZES.heads }],
    ['of the views', { viewPixels: 2 * TINY_SIZES.viewPixels }],
  ])('is refused where the run has got other sizes %s since', async (_, changes) => {
    const folder = path.join(work, 'model');
    await mkdir(folder, { recursive: true });
    const files = nanoFiles(TINY_SIZES, nanoTokenizerFiles(['a part'], TINY_SIZES.vocabSize));
    for (const [name, text] of files) await writeFile(path.join(folder, name), text);
    expect(await openRunModel({ work, model: TINY_SIZES })).not.toBeNull();
    await expect(openRunModel({ work, model: { ...TINY_SIZES, ...changes } })).rejects.toThrow(
      /model: the model there was built with other sizes/,
    );
  });
});
