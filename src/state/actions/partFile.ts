/** The file of a part whose picture is no longer here, given again: only the very file that was inspected will do. */
import type { StudioContext } from '../context.ts';
import { windowFor } from '../windows.ts';
import { noticeOf, takeImage } from './images.ts';

/** Takes the file for the inspection on the stage; another one is told to be another, and changes nothing. */
export async function givePartFile(context: StudioContext, file: File): Promise<void> {
  const { store } = context;
  const { current } = store.getState();
  if (!current || current.hasFile) return;
  const window = windowFor(current, current.sha256);
  const taken = await takeImage(context, new File([file], current.name), undefined, window);
  if (!taken) return;
  if (taken.meta.sha256 !== current.sha256)
    return noticeOf(
      context,
      'other-file',
      file.name,
      `is not the file that was inspected as ${current.name}: its contents differ.`,
      'Choose the file as it was then: not edited, not saved anew, not sent through a messenger.',
    );
  store.setState(({ current: shown, notices }) => ({
    ...(shown?.runId === current.runId && { current: { ...shown, hasFile: true } }),
    notices: notices.filter(({ problem }) => !(problem.code === 'image-gone' && problem.subject === current.name)),
  }));
}
