/** The tabs of this browser that have the studio open, as far as the browser lets them know of each other. */
import { createHeartbeatLock, createWebLock, type TabLock } from '../storage/tabs/tabLock.ts';
import { createTabs, type Tabs } from '../storage/tabs/tabs.ts';

const CHANNEL = 'agentiad-tabs';

export function createBrowserTabs(tabId: string): Tabs {
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(CHANNEL) : null;
  return createTabs(
    createLock(tabId),
    channel && {
      send: (message) => channel.postMessage(message),
      listen: (listener) => channel.addEventListener('message', ({ data }) => listener(data)),
    },
  );
}

/** Null where the browser forbids every means. */
function createLock(tabId: string): TabLock | null {
  const { locks } = navigator as { locks?: LockManager };
  if (locks) return createWebLock(locks);
  try {
    const lock = createHeartbeatLock({
      disk: localStorage,
      tabId,
      now: Date.now,
      every(ms, work) {
        const timer = setInterval(work, ms);
        return () => clearInterval(timer);
      },
    });
    window.addEventListener('pagehide', () => lock.release());
    return lock;
  } catch {
    return null;
  }
}
