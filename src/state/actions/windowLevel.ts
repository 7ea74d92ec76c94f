/** Choosing which samples of an image of more than 8 bits are black and white; inspecting it again then uses that. */
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { StudioContext } from '../context.ts';
import { takeKept } from './images.ts';

/** Choices of one page, one after the other. */
const choices = new WeakMap<StudioContext, { readonly newest: WindowChoice; readonly done: Promise<void> }>();

/** Shows the part on the stage through another window and keeps it with its image. Of choices in haste the last counts. */
export function chooseWindow(context: StudioContext, choice: WindowChoice): Promise<void> {
  const { current } = context.store.getState();
  if (!current?.hasFile || current.activity !== 'open') return Promise.resolve();
  const done = windowSettled(context).then(async () => {
    if (choices.get(context)?.newest !== choice) return;
    if (!(await takeKept(context, current, choice))) return;
    // What was laid on each other was so through the window before.
    context.store.setState(({ compare }) => {
      const kept = Object.entries(compare.alignments).filter(([pair]) => !pair.includes(current.sha256));
      return { compare: { ...compare, alignments: Object.fromEntries(kept) } };
    });
  });
  choices.set(context, { newest: choice, done });
  return done;
}

/** Resolves once what was chosen last is kept with its image. */
export function windowSettled(context: StudioContext): Promise<void> {
  return choices.get(context)?.done ?? Promise.resolve();
}
