// @vitest-environment node
/** What goes into a saved replay. */
import 'fake-indexeddb/auto';
import { branchOf } from '@agentiad/core/agent/askAgain.ts';
import { call, crop, runScript, SAYS_NORMAL } from '@agentiad/core/agent/testing.ts';
import { REPLAY_DATA_MARK, type ReplayData } from '@agentiad/core/replay/replayFile.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { expect, it } from 'vitest';
import { createTestStudio } from '../../testing/studioContext.ts';
import { exportReplay } from './replayFile.ts';
import { importTrace } from './traces.ts';

it('has the pictures of its questions too, also of those that nobody looked at', async () => {
  const bytes = new TextEncoder().encode('the other good part');
  const good = sha256Hex(bytes);
  const { trace } = await runScript({ turns: [crop([0, 0, 0.3, 0.3]), SAYS_NORMAL] });
  const other = (await runScript({ turns: [crop([0, 0, 0.3, 0.3]), call('query_image'), SAYS_NORMAL] })).trace;
  const made = branchOf(other, { kind: 'swapped', after: 's1', steps: 1, images: 2 });
  const images = made.branch.images.map((image) => ({ ...image, source: { ...image.source, sha256: good } }));
  const asked = { ...trace, assets: other.assets, branches: [{ ...made.branch, images }] };
  const studio = createTestStudio();
  studio.files.set(good, bytes.buffer);
  await importTrace(studio, JSON.stringify(asked), 'part.trace.json');
  Object.assign(studio.host, { fetch: () => Promise.resolve(new Response(`<i>${REPLAY_DATA_MARK}</i>`)) });
  await exportReplay(studio);
  const page = studio.saved.get('part.replay.html')!;
  const data = JSON.parse(page.slice(3, -4)) as ReplayData;
  expect(Object.keys(data.pictures)).toContain(good);
  expect(data.trace.branches).toHaveLength(1);
});
