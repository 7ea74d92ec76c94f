/** Waits on a GPU device that may be lost or hang: every wait ends, with the cause in words. */
import { deviceLost } from '../model/webgpuBackend.ts';
import { UserError } from '../support/userError.ts';

/** A wait of the host. After `cancel` it never ends and holds nothing. */
export type Timer = (ms: number) => { readonly done: Promise<void>; cancel(): void };

export interface DeviceGuard {
  /** Throws the `device-lost` error once the device is gone. */
  check(): void;
  /** `work`, or a UserError: `device-lost`, or `gpu-timeout` when it takes longer than allowed. `what` names the work. */
  wait<T>(work: Promise<T>, what: string): Promise<T>;
}

/** Time a failed call leaves the device to report its loss as the cause. */
const lossGraceMs = 200;

export function createDeviceGuard(
  device: Pick<GPUDevice, 'lost'>,
  options: { readonly timeoutMs: number; readonly timer?: Timer | null },
): DeviceGuard {
  const timer = options.timer ?? hostTimer;
  const waiting = new Set<(error: unknown) => void>();
  let loss: UserError | null = null;
  void device.lost.then((info) => {
    loss = deviceLost(info.message || info.reason || 'no reason given');
    for (const fail of waiting) fail(loss);
  });

  const check = () => {
    if (loss) throw loss;
  };

  return {
    check,
    wait(work, what) {
      check();
      return new Promise((resolve, reject) => {
        const limit = timer(options.timeoutMs);
        const end = () => {
          waiting.delete(fail);
          limit.cancel();
        };
        const fail = (error: unknown) => {
          end();
          reject(error instanceof Error ? error : new Error(String(error)));
        };
        waiting.add(fail);
        void limit.done.then(() => fail(hung(what, options.timeoutMs)));
        work.then(
          (value) => {
            end();
            resolve(value);
          },
          // A lost device fails calls before it says so.
          (error: unknown) => void timer(loss ? 0 : lossGraceMs).done.then(() => fail(error)),
        );
      });
    },
  };
}

function hung(what: string, ms: number): UserError {
  return new UserError({
    code: 'gpu-timeout',
    subject: 'The graphics device',
    reason: `did not finish ${what} within ${Math.round(ms / 1000)} s.`,
    remedy: 'Reload, update the graphics driver, or run without WebGPU.',
  });
}

/** `setTimeout` is the one timer that browsers, workers and Node share; core has no host types for it. */
const hostTimer: Timer = (ms) => {
  const host = globalThis as unknown as {
    setTimeout(resume: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
  };
  let timer: unknown = null;
  const done = new Promise<void>((resolve) => {
    timer = host.setTimeout(resolve, ms);
  });
  return { done, cancel: () => host.clearTimeout(timer) };
};
