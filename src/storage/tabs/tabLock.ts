/**
 * The lock of the one tab that writes. Two kinds: a Web Lock, which the browser lets go when its tab dies, and where there
 * are none (insecure origins) a record in the local storage that its tab renews.
 */

/** `now`: or not at all. `steal`: also from a tab that holds it, which is told. */
export type Take = 'now' | 'steal';

export interface TabLock {
  /** Takes the lock; false when another tab holds it. Waits for it up to `waitMs`, or until `signal`. */
  take(how: Take, wait?: { readonly waitMs?: number; readonly signal?: AbortSignal }): Promise<boolean>;
  release(): void;
  /** Called when another tab stole it. */
  onLost(listener: () => void): void;
}

const NAME = 'agentiad-writer';

export function createWebLock(locks: Pick<LockManager, 'request'>, name = NAME): TabLock {
  let release = () => {};
  let lost = () => {};
  const request = (options: LockOptions) =>
    new Promise<boolean>((resolve) => {
      let isHeld = false;
      const holding = (lock: Lock | null) => {
        isHeld = lock !== null;
        resolve(isHeld);
        return isHeld ? new Promise<void>((done) => (release = done)) : undefined;
      };
      // It rejects when the wait was over, and when the lock was stolen.
      locks.request(name, options, holding).catch(() => (isHeld ? lost() : resolve(false)));
    });
  return {
    async take(how, { waitMs, signal } = {}) {
      if (how === 'steal') return request({ steal: true });
      if (signal?.aborted) return false;
      // Asked without a limit of time: on a busy computer a free lock may take longer to be granted than any tab waits.
      if (await request({ ifAvailable: true })) return true;
      if (signal) return request({ signal });
      if (waitMs === undefined) return false;
      return (await request({ signal: AbortSignal.timeout(waitMs) })) || request({ ifAvailable: true });
    },
    release: () => release(),
    onLost: (listener) => (lost = listener),
  };
}

/** How often the holder renews its record. */
export const RENEW_MS = 5_000;
/** A record this old belongs to a tab that is gone: hidden tabs are let work once a minute. */
export const STALE_MS = 130_000;
const POLL_MS = 100;

export interface HeartbeatEnvironment {
  readonly disk: Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly tabId: string;
  readonly now: () => number;
  /** Calls `work` again and again; returns how to end that. */
  readonly every: (ms: number, work: () => void) => () => void;
}

export function createHeartbeatLock({ disk, tabId, now, every }: HeartbeatEnvironment, name = NAME): TabLock {
  let stopRenewing = () => {};
  let lost = () => {};
  const holder = (): string | null => {
    const [tab = '', at = ''] = (disk.getItem(name) ?? '').split(' ');
    return tab === '' || now() - Number(at) > STALE_MS ? null : tab;
  };
  const write = () => disk.setItem(name, `${tabId} ${now()}`);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, POLL_MS));
  const tryOnce = async (how: Take) => {
    if (how === 'now' && (holder() ?? tabId) !== tabId) return false;
    write();
    // Two tabs may have found it free at the same time: the one that wrote last has it.
    await pause();
    return holder() === tabId;
  };
  const renew = () => {
    if (holder() === tabId) return write();
    stopRenewing();
    lost();
  };
  return {
    async take(how, { waitMs = 0, signal } = {}) {
      const end = now() + waitMs;
      for (;;) {
        if (await tryOnce(how)) break;
        if (signal ? signal.aborted : now() >= end) return false;
        await pause();
      }
      stopRenewing();
      stopRenewing = every(RENEW_MS, renew);
      return true;
    },
    release() {
      stopRenewing();
      if (holder() === tabId) disk.removeItem(name);
    },
    onLost: (listener) => (lost = listener),
  };
}
