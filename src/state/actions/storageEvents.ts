/** What happens to the storage by itself, told on the page with its remedy. */
import type { StorageEvents } from '../../storage/open.ts';
import type { Problem } from '../../runtime/messages.ts';
import { addNotice, type StudioContext } from '../context.ts';

const subject = 'The browser’s storage';

const BLOCKED: Problem = {
  code: 'storage-blocked',
  subject,
  reason: 'is held by another tab with an older version of this page.',
  remedy: 'Close or reload the other tab; this one then goes on by itself.',
};

const OUTDATED: Problem = {
  code: 'storage-outdated',
  subject,
  reason: 'was taken over by another tab with a newer version of this page. Nothing more is stored from this tab.',
  remedy: 'Save what is open as a file if it matters, then reload this tab to get the newer version.',
};

const TERMINATED: Problem = {
  code: 'storage-terminated',
  subject,
  reason: 'was closed by the browser: the data of this page was deleted, or the disk failed.',
  remedy: 'Save what is open as a file if it matters, then reload the page to see what is still stored.',
};

/** `context` is asked for when something happens: the storage is made before it. */
export function storageEvents(context: () => StudioContext): StorageEvents {
  return {
    onBlocked: () => addNotice(context(), BLOCKED),
    onOpened: () =>
      context().store.setState(({ notices }) =>
        notices.some(({ problem }) => problem.code === BLOCKED.code)
          ? { notices: notices.filter(({ problem }) => problem.code !== BLOCKED.code) }
          : {},
      ),
    onOutdated: () => addNotice(context(), OUTDATED),
    onTerminated: () => addNotice(context(), TERMINATED),
  };
}
