/** What the list of steps shows, from top to bottom. Pure. */
import type { TraceBranch, TraceImage, TraceStep } from '@agentiad/core/protocol/trace.ts';
import { imageOf } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from '../../state/studioState.ts';

/** `turn`: the turn the row shows; of a branch, the one it leaves the inspection at. */
export type StepsRow = { readonly key: string; readonly turn: number } & (
  | { readonly kind: 'look'; readonly part: TraceImage }
  /** `isOwn`: of the branch on the stage, not of the inspection it stands on. */
  | { readonly kind: 'step'; readonly step: TraceStep; readonly isOwn: boolean }
  | { readonly kind: 'branch'; readonly branch: TraceBranch }
  | { readonly kind: 'running'; readonly text: string; readonly tool: string | null }
);

export function rowsOf({ run, trace, branch: shown }: Pick<Current, 'run' | 'trace' | 'branch'>): StepsRow[] {
  const branches = trace?.branches ?? [];
  const own = branches.find(({ id }) => id === shown)?.steps.length ?? 0;
  const firstOwn = run.steps.length - own;
  const after = (id: string | null, turn: number): StepsRow[] =>
    shown === null
      ? branches
          .filter((branch) => branch.after === id)
          .map((branch) => ({ kind: 'branch', key: `branch-${branch.id}`, turn, branch }))
      : [];
  const part = imageOf(run, 1);
  return [
    ...(part ? [{ kind: 'look', key: 'look', turn: 0, part } as const] : []),
    ...after(null, 0),
    ...run.steps.flatMap((step, index): StepsRow[] => [
      { kind: 'step', key: `step-${index + 1}`, turn: index + 1, step, isOwn: own > 0 && index >= firstOwn },
      ...after(step.id, index + 1),
    ]),
    ...(run.running
      ? [{ kind: 'running', key: 'running', turn: run.steps.length + 1, ...withoutId(run.running) } as const]
      : []),
  ];
}

function withoutId({ text, tool }: { readonly text: string; readonly tool: string | null }) {
  return { text, tool };
}
