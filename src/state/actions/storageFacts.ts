/** What the browser tells about the room this page has, and asking it to keep what is there. */
import type { StudioContext } from '../context.ts';

export async function readStorageFacts({ store, host }: StudioContext): Promise<void> {
  store.setState({ storageFacts: await host.storageFacts() });
}

/** Whether the browser promised to keep the data. Refusal is the normal case for a page that was just opened. */
export async function askToKeep(context: StudioContext): Promise<boolean> {
  const kept = await context.host.keepData();
  await readStorageFacts(context);
  return kept;
}
