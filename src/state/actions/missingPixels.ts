/** What a run names and does not hold: its pictures may be gone without the rest being worth less. Pure. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { Problem } from '../../runtime/messages.ts';

/** What the model saw that a run names and does not hold, by the step that showed it; null when all is there. */
export function missingPixels(
  run: Pick<Trace, 'images' | 'steps' | 'assets' | 'branches'>,
  name: string,
): Problem | null {
  const heldOf = (images: Trace['images']) =>
    new Set(images.filter(({ asset }) => asset in run.assets).map(({ index }) => index));
  // A branch counts its images on from where it leaves the inspection: the same numbers stand for others there.
  const bare = [run, ...(run.branches ?? [])].flatMap(({ images, steps }) => {
    const held = heldOf(images);
    return steps.filter(({ observation }) => {
      const index = observation?.image ?? null;
      return index !== null && !held.has(index);
    });
  });
  const isPartHeld = heldOf(run.images).has(1) || run.steps.length === 0;
  const places = new Set([...(isPartHeld ? [] : ['the whole part']), ...bare.map(({ id }) => id)]);
  if (places.size === 0) return null;
  return {
    code: 'trace-pixels-missing',
    subject: name,
    reason: `What the model saw is missing for: ${[...places].join(', ')}. Everything else is shown.`,
    remedy: 'Open the trace again from where the inspection was made, if you need these pictures.',
  };
}
