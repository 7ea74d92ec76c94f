/** The JavaScript memory of one of a page's workers while something runs: objects and array buffers, sampled. */
import type { CDPSession, Page } from '@playwright/test';

export interface HeapWatch {
  /** Bytes at the start, and the most there were. */
  end(): Promise<{ readonly first: number; readonly most: number; readonly samples: number }>;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

const everyMs = 50;

/** `name` is part of the worker's script address; the worker must be there. */
export async function heapOfWorker(page: Page, name: string): Promise<HeapWatch> {
  const cdp = await page.context().newCDPSession(page);
  const attached = new Promise<string>((resolve) => {
    cdp.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.url.includes(name)) resolve(sessionId);
    });
  });
  await cdp.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const ask = asker(cdp, await attached);
  const samples: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { usedSize, backingStorageSize } = await ask();
      samples.push(usedSize + backingStorageSize);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    async end() {
      isOver = true;
      await watching;
      return { first: samples[0]!, most: Math.max(...samples), samples: samples.length };
    },
  };
}

/** Workers have sessions within the page's session. */
function asker(cdp: CDPSession, sessionId: string): () => Promise<HeapUsage> {
  const waiting = new Map<number, (usage: HeapUsage) => void>();
  let last = 0;
  cdp.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message) as { id: number; result: HeapUsage };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  return () => {
    const id = ++last;
    const answer = new Promise<HeapUsage>((resolve) => waiting.set(id, resolve));
    const message = JSON.stringify({ id, method: 'Runtime.getHeapUsage' });
    return cdp.send('Target.sendMessageToTarget', { sessionId, message }).then(() => answer);
  };
}
