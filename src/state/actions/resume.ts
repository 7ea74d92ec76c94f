/** Goes on with an inspection that was stopped, cut off or broken, from its last finished step. */
import { imagesAfter, stepsUpTo, stepToGoOnFrom } from '@agentiad/core/replay/branches.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { whyNotResume } from '../askable.ts';
import type { StudioContext } from '../context.ts';
import type { Current } from '../studioState.ts';
import { beginLive, claimOrTell } from './claim.ts';
import { takeKept } from './images.ts';
import { makeRun } from './makeRun.ts';

/** Does nothing while `whyNotResume` has a reason. `hasSmallerCrops`: see `InspectJob`. */
export async function resumeInspection(
  context: StudioContext,
  { hasSmallerCrops = false }: { readonly hasSmallerCrops?: boolean } = {},
): Promise<void> {
  const { store, host } = context;
  const { current } = store.getState();
  if (!current || whyNotResume(store.getState()) !== null) return;
  const claim = claimOrTell(context);
  if (!claim) return;
  try {
    const image = await takeKept(context, current, current.askedFor?.windowLevel);
    if (!image || !current.askedFor) return;
    const { trace } = current;
    const whole = trace ? runOfTrace(trace) : current.run;
    const after = stepToGoOnFrom(whole.steps);
    const steps = stepsUpTo(whole.steps, after);
    const cut = { ...whole, steps, images: imagesAfter(whole.images, steps), running: null, verdict: null };
    const begun: Current = {
      ...current,
      run: cut,
      branch: null,
      activity: 'running',
      trace: null,
      cutOff: false,
      problem: null,
    };
    beginLive(context, begun);
    context.playhead.reset({ live: true, turns: turnCount(cut), t: turnCount(cut) });
    const { modelSha256 } = current.askedFor;
    const from = { stored: { ...whole, verdict: trace?.verdict ?? null }, modelSha256, after };
    await host.holdRun(begun.runId, () =>
      makeRun(context, begun, image.bytes, { from, before: trace, hasSmallerCrops }),
    );
  } finally {
    claim.release();
  }
}
