/** Saves the inspection on the stage as one HTML file that replays it anywhere, offline. */
import { fillReplay, type ReplayPicture } from '@agentiad/core/replay/replayFile.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { locale } from '../../i18n/words.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import type { Current } from '../studioState.ts';
import { windowFor } from '../windows.ts';
import { traceForFile } from './savedTrace.ts';
import { fileStem } from './traces.ts';

/** The page without data, made by the build (scripts/lib/replayPage.mjs), in the page's own folder. */
const PAGE = 'replay.html';

export async function exportReplay(context: StudioContext): Promise<void> {
  const state = context.store.getState();
  const { current } = state;
  if (!current?.trace) return;
  const trace = traceForFile(state, current.runId, current.trace);
  await guarded(context, current.name, async () => {
    const page = await readPage(context);
    const images = [trace, ...(trace.branches ?? [])].flatMap((shown) => shown.images);
    const sources = new Set([current.sha256, ...images.map((image) => image.source.sha256)]);
    const pictures: Record<string, ReplayPicture> = {};
    for (const sha256 of sources) {
      const bitmap = context.pictures.get(sha256) ?? (await readBitmap(context, current, sha256));
      if (bitmap) pictures[sha256] = await context.host.encodePicture(bitmap);
    }
    const text = fillReplay(page, { trace, pictures, language: locale() });
    context.host.saveFile(`${fileStem(current.name)}.replay.html`, text);
  });
}

/** Of an image that is not on the stage now, such as the good part of a question; null when its file is gone. */
async function readBitmap(context: StudioContext, current: Current, sha256: string): Promise<ImageBitmap | null> {
  const bytes = await readFile(context, sha256).catch(() => null);
  const window = windowFor(current, sha256);
  return bytes && ((await context.engine.prepare(bytes, current.name, window).catch(() => null))?.bitmap ?? null);
}

async function readPage({ host }: StudioContext): Promise<string> {
  const answer = await host.fetch(`${host.base}${PAGE}`).catch(() => null);
  if (answer?.ok) return answer.text();
  throw new UserError({
    code: 'replay-page-missing',
    subject: 'The replay file',
    reason: 'The page it is made from could not be read.',
    remedy: 'Reload the page while its server is reachable, then save the replay again.',
  });
}
