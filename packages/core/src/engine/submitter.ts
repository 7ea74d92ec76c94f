/**
 * Submits recorded dispatches in pieces of about a second, judged by their cost and the speed measured so far, so that no
 * watchdog ends one and an abort is soon noticed. At most two pieces are in flight.
 */
import type { Workgroups } from '../kernels/kernel.ts';
import { dispatch, type RecordedDispatch } from '../kernels/pipelines.ts';
import type { AbortSignalLike } from '../model/backbone.ts';
import type { DeviceGuard } from './deviceGuard.ts';

/** Kinds of work that run at different speeds. */
export type WorkKind = 'decode' | 'prefill' | 'vision';

export interface Dispatch {
  readonly recorded: RecordedDispatch;
  readonly workgroups: Workgroups;
  readonly cost: number;
}

export interface Copy {
  readonly from: GPUBuffer;
  readonly fromOffset: number;
  readonly to: GPUBuffer;
  readonly toOffset: number;
  readonly bytes: number;
}

export type Work = Dispatch | Copy;

export interface Submitter {
  /** Submits in order. False when `signal` ended it early; what was submitted then runs to its end. */
  run(kind: WorkKind, what: string, work: Iterable<Work>, signal?: AbortSignalLike): Promise<boolean>;
  /** Rows that one submission should take, when a row costs so much. */
  rowsPerSubmit(kind: WorkKind, costPerRow: number): number;
  /** Waits for everything that was submitted. */
  idle(): Promise<void>;
  /** Forgets the speed measured: it was of first runs, in which drivers still compile. */
  forget(): void;
}

/** Operations a second expected before anything was measured. */
const firstRates: Record<'software' | 'hardware', Record<WorkKind, number>> = {
  software: { decode: 1e9, prefill: 1.5e9, vision: 1.5e9 },
  hardware: { decode: 2e10, prefill: 1e11, vision: 1e11 },
};

/** Shorter measurements say more about the wait than about the work: they only prove that it is no slower. */
const leastMs = 20;

export function createSubmitter(
  device: GPUDevice,
  guard: DeviceGuard,
  options: { readonly isSoftware: boolean; readonly submitMs: number },
): Submitter {
  const expected = firstRates[options.isSoftware ? 'software' : 'hardware'];
  const rates = { ...expected };
  const inFlight: Promise<void>[] = [];
  let lastDone = 0;

  const budget = (kind: WorkKind) => (rates[kind] * options.submitMs) / 1000;

  /** Waits for the oldest submissions until at most `left` remain. */
  const drain = async (left: number): Promise<void> => {
    while (inFlight.length > left) await inFlight.shift();
  };

  const submit = (encoder: GPUCommandEncoder, kind: WorkKind, what: string, cost: number): void => {
    const started = Date.now();
    device.queue.submit([encoder.finish()]);
    const done = guard.wait(device.queue.onSubmittedWorkDone(), what).then(() => {
      const now = Date.now();
      const ms = now - Math.max(started, lastDone);
      lastDone = now;
      const measured = (1000 * cost) / Math.max(1, ms);
      if (cost > 0 && (ms >= leastMs || measured > rates[kind])) rates[kind] = (rates[kind] + measured) / 2;
    });
    done.catch(() => {}); // whoever drains it gets the error
    inFlight.push(done);
  };

  return {
    rowsPerSubmit: (kind, costPerRow) => Math.max(1, Math.floor(budget(kind) / costPerRow)),
    idle: () => drain(0),
    forget: () => void Object.assign(rates, expected),
    async run(kind, what, work, signal) {
      if (signal?.aborted) return false;
      let encoder = device.createCommandEncoder({ label: what });
      let pass: GPUComputePassEncoder | null = null;
      let cost = 0;
      let count = 0;
      for (const item of work) {
        const itemCost = 'recorded' in item ? item.cost : 0;
        if (count > 0 && cost + itemCost > budget(kind)) {
          pass?.end();
          pass = null;
          submit(encoder, kind, what, cost);
          await drain(1);
          guard.check();
          if (signal?.aborted) return false;
          encoder = device.createCommandEncoder({ label: what });
          cost = count = 0;
        }
        if ('recorded' in item) {
          pass ??= encoder.beginComputePass({ label: what });
          dispatch(pass, item.recorded, item.workgroups);
        } else {
          pass?.end();
          pass = null;
          encoder.copyBufferToBuffer(item.from, item.fromOffset, item.to, item.toOffset, item.bytes);
        }
        cost += itemCost;
        count++;
      }
      pass?.end();
      submit(encoder, kind, what, cost);
      await drain(1);
      return true;
    },
  };
}
