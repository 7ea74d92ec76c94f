// @vitest-environment node
/** An inspection whose picture is gone gets its file again. */
import 'fake-indexeddb/auto';
import { runScript, SAYS_NORMAL } from '@agentiad/core/agent/testing.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { whyNotAsk } from '../askable.ts';
import { givePartFile } from './partFile.ts';
import { importTrace } from './traces.ts';

const bytes = new TextEncoder().encode('the part');
const { trace } = await runScript({ turns: [SAYS_NORMAL] });

/** The inspection of `bytes` on the stage, without its file and without what the model saw. */
async function bare() {
  const studio = createTestStudio();
  const image = { ...trace.verdict.image, sha256: sha256Hex(bytes) };
  const open = { ...trace, assets: {}, verdict: { ...trace.verdict, image } };
  await importTrace(studio, JSON.stringify(open), 'part.trace.json');
  studio.store.setState({ notices: [] });
  return studio;
}

describe('the file of a part', () => {
  it('that is the one inspected is shown and kept, and the inspection can be asked again', async () => {
    const studio = await bare();
    expect(whyNotAsk(studio.store.getState())).toBe('no-file');
    await givePartFile(studio, new File([bytes], 'IMG_0001.png'));
    expect(whyNotAsk(studio.store.getState())).toBeNull();
    expect(studio.pictures.get(sha256Hex(bytes))).not.toBeNull();
    expect(await studio.storage.readAsset(sha256Hex(bytes))).not.toBeNull();
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('that is another one is told to be another', async () => {
    const studio = await bare();
    await givePartFile(studio, new File(['something else'], 'IMG_0002.png'));
    expect(studio.store.getState().current?.hasFile).toBe(false);
    expect(studio.store.getState().notices).toMatchObject([
      { problem: { code: 'other-file', subject: 'IMG_0002.png' } },
    ]);
  });
});
