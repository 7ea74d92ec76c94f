// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { createHeartbeatLock, createWebLock, RENEW_MS, STALE_MS, type TabLock } from './tabLock.ts';
import { createTabs, type TabChannel, type Tabs } from './tabs.ts';

/** A browser with any number of tabs. */
interface Browser {
  readonly open: (answerMs?: number) => Tabs;
  /** Puts the first tab to sleep: nothing that is said reaches it. */
  readonly sleepFirst: () => void;
  /** Lets the tabs renew what they hold, where they must. */
  readonly beat?: () => void;
}

/** Web Locks of one browser, as far as the studio uses them. */
function webLocks(): Pick<LockManager, 'request'> {
  let held: { readonly steal: () => void } | null = null;
  const waiting: (() => void)[] = [];
  const request = (_name: string, options: LockOptions, work: (lock: Lock | null) => unknown) =>
    new Promise((resolve, reject) => {
      const grant = () => {
        const mine = { steal: () => reject(new DOMException('stolen', 'AbortError')) };
        held = mine;
        void Promise.resolve(work({} as Lock)).then((value) => {
          if (held === mine) held = null;
          resolve(value);
          if (!held) waiting.shift()?.();
        });
      };
      if (options.steal) {
        held?.steal();
        return grant();
      }
      if (!held) return grant();
      if (options.ifAvailable) return resolve(work(null));
      waiting.push(grant);
      options.signal?.addEventListener('abort', () => {
        waiting.splice(waiting.indexOf(grant), 1);
        reject(new DOMException('waited', 'AbortError'));
      });
    });
  return { request } as unknown as Pick<LockManager, 'request'>;
}

function browser(lockOfTab: (tab: number) => TabLock): Browser {
  const heard: ((message: unknown) => void)[] = [];
  return {
    open(answerMs) {
      const mine = heard.push(() => {}) - 1;
      const channel: TabChannel = {
        send: (message) => heard.forEach((_, tab) => tab !== mine && setTimeout(() => heard[tab]!(message))),
        listen: (listener) => (heard[mine] = listener),
      };
      return createTabs(lockOfTab(heard.length), channel, answerMs);
    },
    sleepFirst: () => (heard[0] = () => {}),
  };
}

function withWebLocks(): Browser {
  const locks = webLocks();
  return browser(() => createWebLock(locks));
}

/** Without Web Locks; `tick` lets the tabs renew their record, `sleep` only lets time pass. */
function withHeartbeats() {
  const entries = new Map<string, string>();
  const disk = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
  const beats = new Set<() => void>();
  let late = 0;
  const now = () => Date.now() + late;
  const every = (_ms: number, work: () => void) => {
    beats.add(work);
    return () => void beats.delete(work);
  };
  return {
    ...browser((tab) => createHeartbeatLock({ disk, tabId: `tab${tab}`, now, every })),
    sleep: (ms: number) => (late += ms),
    beat: () => beats.forEach((work) => work()),
  };
}

const never = new AbortController().signal;
const nothing = () => {};

describe.each([
  ['Web Locks', withWebLocks],
  ['heartbeats', withHeartbeats],
])('of several tabs with %s', (_name, make) => {
  it('the first writes, the second reads', async () => {
    const { open } = make();
    expect(await open().join()).toBe(true);
    expect(await open().join()).toBe(false);
  });

  it('the second takes over when the first has finished what it was doing', async () => {
    const { open } = make();
    const [first, second] = [open(), open()];
    await first.join();
    await second.join();
    let end = nothing;
    first.onAsked(() => new Promise((resolve) => (end = resolve)));
    let told = 0;
    const taken = second.takeOver(() => told++, never);
    await expect.poll(() => told).toBe(1);
    const state = await Promise.race([taken, new Promise((resolve) => setTimeout(() => resolve('waiting'), 300))]);
    expect(state).toBe('waiting');
    end();
    expect(await taken).toBe(true);
    expect(await first.takeOver(nothing, never)).toBe(true);
  });

  it('a tab that does not answer has it taken away, and hears of it', async () => {
    const machine = make();
    const [first, second] = [machine.open(), machine.open(150)];
    await first.join();
    await second.join();
    let lost = 0;
    first.onLost(() => lost++);
    machine.sleepFirst();
    expect(await second.takeOver(nothing, never)).toBe(true);
    machine.beat?.();
    await expect.poll(() => lost).toBe(1);
  });

  it('who does not want to wait any longer goes on reading', async () => {
    const { open } = make();
    const [first, second] = [open(), open()];
    await first.join();
    await second.join();
    first.onAsked(() => new Promise(nothing));
    const stop = new AbortController();
    const taken = second.takeOver(() => stop.abort(), stop.signal);
    expect(await taken).toBe(false);
  });

  it('the readers hear that something was written', async () => {
    const { open } = make();
    const [first, second] = [open(), open()];
    let heard = 0;
    second.onChanged(() => heard++);
    first.tellChanged();
    await expect.poll(() => heard).toBe(1);
  });
});

describe('a heartbeat', () => {
  it('keeps its tab the writer however long it lasts, and not longer', async () => {
    const { open, sleep, beat } = withHeartbeats();
    await open().join();
    for (let beats = 0; beats < 60; beats++) {
      sleep(RENEW_MS);
      beat();
    }
    expect(await open().join()).toBe(false);
    sleep(STALE_MS + 1);
    expect(await open().join()).toBe(true);
  });
});

describe('a browser that is slow to answer', () => {
  /** Grants a free lock only after `ms`, and by then has given up a request whose wait was over. */
  const slow = (ms: number) => {
    const { request } = webLocks();
    const late = (name: string, options: LockOptions, work: LockGrantedCallback<unknown>) =>
      new Promise((resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(new DOMException('waited', 'AbortError')));
        setTimeout(() => {
          if (!options.signal?.aborted) request(name, options, work).then(resolve, reject);
        }, ms);
      });
    return { request: late } as unknown as Pick<LockManager, 'request'>;
  };

  it('lets its only tab write, however long it takes to say that no other does', async () => {
    expect(await createWebLock(slow(60)).take('now', { waitMs: 5 })).toBe(true);
  });

  it('lets a tab write that was opened while the one before was closing', async () => {
    const locks = slow(20);
    const closing = createWebLock(locks);
    expect(await closing.take('now')).toBe(true);
    const next = createWebLock(locks).take('now', { waitMs: 30 });
    await new Promise((resolve) => setTimeout(resolve, 45));
    closing.release();
    expect(await next).toBe(true);
    expect(await createWebLock(locks).take('now', { waitMs: 5 })).toBe(false);
  });
});

it('where tabs cannot tell each other apart each of them writes', async () => {
  expect(await createTabs(null, null).join()).toBe(true);
});
