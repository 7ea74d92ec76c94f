/** A worker that cannot be loaded or breaks fails every call that waits on it, with a name. */
import { UserError } from '@agentiad/core/support/userError.ts';

/** Rejects with a UserError `worker-broken` when the worker breaks; never resolves. `subject` says what it is for. */
export function breakOf(worker: Worker, subject: string): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new UserError({
          code: 'worker-broken',
          subject,
          reason,
          remedy: 'Check that the server of this page is running, then reload the page.',
        }),
      );
    worker.addEventListener('error', ({ message }) =>
      fail(message ? `stopped with an error: ${message}.` : 'could not be loaded.'),
    );
    worker.addEventListener('messageerror', () => fail('sent something this page cannot read.'));
  });
  // Every call that waits reports it; without one there is nobody to tell.
  broken.catch(() => {});
  return broken;
}
