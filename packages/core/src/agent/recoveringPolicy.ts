/**
 * Keeps an inspection alive over the loss of the graphics device: the model is made anew on another device, is fed
 * everything up to the last finished step, and the step that failed is taken again.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { AbortSignalLike, Backbone } from '../model/backbone.ts';
import { UserError } from '../support/userError.ts';
import type { ActRequest, Policy } from './policy.ts';

/** How the host recovers from a lost device. */
export interface Recovery {
  /** Whether `error` says that the device is gone, so that another one may do. */
  readonly isLoss: (error: unknown) => boolean;
  /**
   * The same model as `failed` on a new device; that of an earlier recovery when `failed` is not the present one. Rejects
   * when there is no device to be had.
   */
  readonly rebuild: (failed: Backbone) => Promise<Backbone>;
}

/** More losses than this in one inspection are not bad luck. */
export const MAX_RECOVERIES = 2;

export const RECOVERED = 'The graphics device failed and was restarted; the inspection went on from its last step.';

/** `create` makes the acting policy on a backbone. After the second recovery the next loss is thrown. */
export function createRecoveringPolicy(
  backbone: Backbone,
  create: (backbone: Backbone) => Policy,
  recovery: Recovery,
): Policy {
  /** Everything the lost model had been fed or had written, in order. */
  const fed: { ids: readonly number[]; images: readonly ProcessedImage[] }[] = [];
  let present = backbone;
  let policy = create(present);
  let recoveries = 0;

  const recover = async (loss: unknown, signal?: AbortSignalLike) => {
    if (recoveries === MAX_RECOVERIES) throw givenUp(loss);
    recoveries++;
    policy.dispose();
    present = await recovery.rebuild(present);
    policy = create(present);
    for (const { ids, images } of fed) await policy.observe(ids, images, signal);
  };

  /**
   * Does `work`, again after each loss; a device may also be lost while the model is fed anew. Once `signal` ended the
   * feeding, `work` finds it too.
   */
  const persistently = async <T>(signal: AbortSignalLike | undefined, work: () => Promise<T>): Promise<T> => {
    let loss: unknown = null;
    for (;;) {
      try {
        if (loss !== null) await recover(loss, signal);
        return await work();
      } catch (error) {
        if (!recovery.isLoss(error) || isGivenUp(error)) throw error;
        loss = error;
      }
    }
  };

  return {
    get warnings() {
      return recoveries > 0 ? [RECOVERED] : [];
    },
    async observe(ids, images, signal) {
      await persistently(signal, () => policy.observe(ids, images, signal));
      fed.push({ ids, images });
    },
    async act(request) {
      const shown = createOnce(request.onText);
      const action = await persistently(request.signal, () => policy.act({ ...request, onText: shown.again() }));
      fed.push({ ids: [...request.forcedIds, ...action.ids], images: [] });
      return action;
    },
    ...(policy.believe && {
      believe: (ids: readonly number[], images: readonly ProcessedImage[]) =>
        persistently(undefined, () => policy.believe!(ids, images)),
    }),
    dispose: () => policy.dispose(),
  };
}

/** Passes text on without repeating what an earlier attempt at the same step already showed. */
function createOnce(onText: ActRequest['onText']): { again(): ActRequest['onText'] } {
  let told = 0;
  return {
    again() {
      let length = 0;
      return (text) => {
        const from = Math.max(0, told - length);
        length += text.length;
        if (from >= text.length) return;
        onText(text.slice(from));
        told = length;
      };
    },
  };
}

const givenUpCode = 'device-lost-repeatedly';

function givenUp(cause: unknown): UserError {
  return new UserError({
    code: givenUpCode,
    subject: 'The graphics device',
    reason: `failed ${MAX_RECOVERIES + 1} times in this inspection (${cause instanceof Error ? cause.message : String(cause)}).`,
    remedy: 'Close other programs that use the graphics card, choose a smaller model, or run without WebGPU.',
    cause,
  });
}

function isGivenUp(error: unknown): boolean {
  return error instanceof UserError && error.code === givenUpCode;
}
