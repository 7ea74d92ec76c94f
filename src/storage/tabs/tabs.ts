/**
 * Of all tabs of the studio one writes, the others read. The first one writes; another takes over when it is asked to:
 * it asks over a channel, the writing tab ends what it is doing and lets go of the lock. A tab that does not answer (it
 * sleeps, or it hangs) has the lock taken from it; its next write is refused, and every write is whole, so nothing is torn.
 */
import type { TabLock } from './tabLock.ts';

/** What tabs say to each other. */
type TabMessage = 'ask' | 'soon' | 'changed';

export interface TabChannel {
  send(message: TabMessage): void;
  /** What other tabs send. */
  listen(listener: (message: unknown) => void): void;
}

export interface Tabs {
  /** True when this tab writes from now on. Waits a moment for a tab that is just being closed or reloaded. */
  join(): Promise<boolean>;
  /**
   * Asks the writing tab to hand over, and writes from then on. `onSoon` is called when that tab ends something first.
   * False when `signal` ended it before.
   */
  takeOver(onSoon: () => void, signal: AbortSignal): Promise<boolean>;
  /** How this tab ends what it does when it is asked to hand over; it lets go of the lock after that. */
  onAsked(finish: () => Promise<void>): void;
  /** Called when the lock was taken from this tab. */
  onLost(listener: () => void): void;
  /** Tells the other tabs that something was written. */
  tellChanged(): void;
  onChanged(listener: () => void): void;
}

/** A tab that is closed or reloaded lets go within this time. */
const CLOSING_MS = 600;
/** A tab that can answer does so within this time. */
const ANSWER_MS = 4_000;

/** `lock` is null where tabs cannot tell each other apart: each of them writes. */
export function createTabs(lock: TabLock | null, channel: TabChannel | null, answerMs = ANSWER_MS): Tabs {
  let isWriter = false;
  let finish = () => Promise.resolve();
  let lost = () => {};
  let changed = () => {};
  let answered = () => {};
  const handOver = async () => {
    isWriter = false;
    channel?.send('soon');
    await finish();
    lock?.release();
  };
  channel?.listen((message) => {
    if (message === 'ask' && isWriter) void handOver();
    if (message === 'soon') answered();
    if (message === 'changed') changed();
  });
  lock?.onLost(() => {
    isWriter = false;
    lost();
  });
  return {
    async join() {
      isWriter = lock === null || (await lock.take('now', { waitMs: CLOSING_MS }));
      return isWriter;
    },
    async takeOver(onSoon, signal) {
      if (!lock) return true;
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(), answerMs);
      answered = () => {
        clearTimeout(timer);
        onSoon();
      };
      channel?.send('ask');
      const taken = await lock.take('now', { signal: AbortSignal.any([silence.signal, signal]) });
      clearTimeout(timer);
      answered = () => {};
      isWriter = taken || (!signal.aborted && (await lock.take('steal')));
      return isWriter;
    },
    onAsked: (work) => (finish = work),
    onLost: (listener) => (lost = listener),
    tellChanged: () => channel?.send('changed'),
    onChanged: (listener) => (changed = listener),
  };
}
