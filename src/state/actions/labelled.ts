/** Images of known truth for a kind of part: taken in, labelled otherwise, removed; never good parts at the same time. */
import type { LabelledRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { withKey } from '../keyed.ts';
import type { Change } from '../change.ts';
import { mayReturn } from './mayReturn.ts';
import { problemOfRefusal, tellRefusals } from './refusals.ts';
import { takeMany } from './takeMany.ts';
import { noteLabels } from './writeValidation.ts';

type Truth = LabelledRecord['truth'];
type LabelChange = Extract<Change, { kind: 'labelled' }>;

/** Reads the labelled images of a kind of part into the state. */
export async function readLabelled(context: StudioContext, category: string): Promise<readonly LabelledRecord[]> {
  const labelled = await guarded(context, category, () => context.storage.listLabelled(category));
  if (labelled) show(context, category, labelled);
  return labelled ?? context.store.getState().labelled[category] ?? [];
}

/** Adds images labelled `truth`; what is not taken is told with the cause. Returns how many were added. */
export async function addLabelled(
  context: StudioContext,
  category: string,
  files: readonly File[],
  truth: Truth,
): Promise<number> {
  const { store, host } = context;
  store.setState(({ reading }) => ({ reading: reading + files.length }));
  try {
    const wanted = files.map((file) => ({ file, category, source: null, truth: { truth, type: null } }));
    const { labelled, refused } = await takeMany(context, wanted);
    tellRefusals(
      context,
      [...refused].map(([{ file }, refusal]) => problemOfRefusal(refusal, file.name, category)),
    );
    if (labelled.length > 0) void host.keepData();
    await readLabelled(context, category);
    return labelled.length;
  } finally {
    store.setState(({ reading }) => ({ reading: reading - files.length }));
  }
}

/** Labels images as good or bad. */
export async function labelAs(
  context: StudioContext,
  category: string,
  ids: readonly string[],
  truth: Truth,
): Promise<void> {
  const before = known(context, category, ids).filter((record) => record.truth !== truth);
  const after = before.map((record) => ({ ...record, truth, type: null }));
  await change(context, { kind: 'labelled', category, before, after });
}

export async function removeLabelled(context: StudioContext, category: string, ids: readonly string[]): Promise<void> {
  await change(context, { kind: 'labelled', category, before: known(context, category, ids), after: [] });
}

/** Puts one side of a change in the place of the other. */
export async function applyLabelChange(
  context: StudioContext,
  { category, before, after }: LabelChange,
  side: 'before' | 'after',
): Promise<void> {
  const { store, storage } = context;
  const [wanted, taken] = side === 'after' ? [after, before] : [before, after];
  const put = wanted.length > 0 ? await mayReturn(context, wanted) : [];
  const touched = new Set([...put, ...taken].map(({ id }) => id));
  const others = (store.getState().labelled[category] ?? []).filter(({ id }) => !touched.has(id));
  show(
    context,
    category,
    [...others, ...put].sort((a, b) => a.added.localeCompare(b.added)),
  );
  const kept = new Set(put.map(({ id }) => id));
  const gone = taken.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  await guarded(context, category, async () => {
    if (put.length > 0) await storage.putLabelled(put);
    if (gone.length > 0) await storage.deleteLabelled(gone);
  });
  await noteLabels(context, category);
}

async function change(context: StudioContext, made: LabelChange): Promise<void> {
  if (made.before.length === 0) return;
  context.store.setState(({ changes }) => ({ changes: { done: [...changes.done, made], undone: [] } }));
  await applyLabelChange(context, made, 'after');
}

function known({ store }: StudioContext, category: string, ids: readonly string[]): readonly LabelledRecord[] {
  const wanted = new Set(ids);
  return (store.getState().labelled[category] ?? []).filter(({ id }) => wanted.has(id));
}

function show({ store }: StudioContext, category: string, labelled: readonly LabelledRecord[]): void {
  store.setState((state) => ({ labelled: withKey(state.labelled, category, labelled) }));
}
