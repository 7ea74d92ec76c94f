/**
 * Files a part that somebody decided to be good as a good part of its kind: from then on others are compared with it.
 * It is never compared with itself (core leaves the very image out), so inspecting it again tests less than it did.
 */
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import { exemplarsOf, type StudioState } from '../studioState.ts';
import { addExemplars } from './library.ts';

/** `filed`: it is a good part of its kind already. `possible`: it was decided good, has a kind, and its file is here. */
export function filing(
  state: Pick<StudioState, 'current' | 'decisions' | 'exemplars'>,
): 'filed' | 'possible' | 'impossible' {
  const { current, decisions } = state;
  if (!current) return 'impossible';
  if (exemplarsOf(state, current.category).some((exemplar) => exemplar.sha256 === current.sha256)) return 'filed';
  const isGood = decisions[current.runId]?.decision === 'good';
  return isGood && current.category !== null && current.hasFile ? 'possible' : 'impossible';
}

/** A kind of part that was deleted is told; decision and image stay as they are. */
export async function fileAsGood(context: StudioContext): Promise<void> {
  const { store } = context;
  const { current } = store.getState();
  if (!current || current.category === null || filing(store.getState()) !== 'possible') return;
  const { category, name, sha256 } = current;
  if (!store.getState().categories.some((known) => known.name === category))
    return addNotice(context, {
      code: 'filing-kind-gone',
      subject: name,
      reason: `The kind of part it was inspected as, ${category}, was deleted.`,
      remedy: `Undo the deletion, or make a kind of part called ${category} again, then add it to the good parts.`,
    });
  const bytes = await guarded(context, name, () => readFile(context, sha256));
  if (!bytes) return;
  await addExemplars(context, category, [new File([bytes], name)]);
  const exemplar = exemplarsOf(store.getState(), category).find((known) => known.sha256 === sha256);
  if (exemplar)
    store.setState(({ changes }) => ({
      changes: { done: [...changes.done, { kind: 'exemplar', exemplar }], undone: [] },
    }));
}
