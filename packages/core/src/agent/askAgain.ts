/** A question asked of an inspection that has ended: the agent goes on from there to an answer of its own, as a branch. */
import type { Trace, TraceAsset, TraceBranch } from '../protocol/trace.ts';
import { imagesAfter, stepsUpTo } from '../replay/branches.ts';
import { UserError } from '../support/userError.ts';
import type { Continuation } from './continuation.ts';
import { inspect } from './inspect.ts';
import type { Question } from './question.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import type { InspectOptions } from './setup.ts';

export interface AskOptions extends Omit<InspectOptions, 'from'> {
  readonly from: Omit<Continuation, 'question' | 'isBranch'> & { readonly question: Question };
}

/** A branch with the pixels that the trace does not have yet. */
export interface MadeBranch {
  readonly branch: TraceBranch;
  readonly assets: Readonly<Record<string, TraceAsset>>;
}

/**
 * `request` asks what the inspection was asked, `deps.newId` names the branch. Rejects with a UserError where the
 * question cannot be asked; an answer that does not come makes an interrupted or failed branch.
 */
export async function askAgain(
  request: InspectionRequest,
  deps: InspectionDeps,
  options: AskOptions,
): Promise<MadeBranch> {
  const { stored, after, question } = options.from;
  const trace = await inspect(request, deps, { ...options, from: { ...options.from, isBranch: true } });
  const kept = stepsUpTo(stored.steps, after);
  const [error] = trace.verdict.errors;
  if (trace.steps.length === kept.length && error) {
    const { code, message } = error;
    throw new UserError({
      code,
      subject: 'The question',
      reason: `could not be asked: ${message}`,
      remedy: 'Ask again.',
    });
  }
  return branchOf(trace, {
    kind: question.kind,
    after,
    steps: kept.length,
    images: imagesAfter(stored.images, kept).length,
  });
}

/** What `trace` has beyond its first `steps` and `images`, as a branch that leaves another trace after `after`. */
export function branchOf(
  trace: Pick<Trace, 'verdict' | 'images' | 'steps' | 'assets'>,
  from: Pick<TraceBranch, 'kind' | 'after'> & { readonly steps: number; readonly images: number },
): MadeBranch {
  const { verdict } = trace;
  const { id, created, status, libraryMatch, regions, claims, coverage, exemplars, model, warnings, errors } = verdict;
  const images = trace.images.slice(from.images);
  const { label, score, reason } = verdict.verdict;
  const branch: TraceBranch = {
    ...{ id, kind: from.kind, after: from.after, created, images, steps: trace.steps.slice(from.steps) },
    ...{ status, answer: verdict.agentAnswer, score, label, reason },
    ...{ libraryMatch, regions, claims, coverage, exemplars, model, warnings, errors },
    ms: verdict.timings.totalMs,
  };
  return { branch, assets: Object.fromEntries(images.map(({ asset }) => [asset, trace.assets[asset]!])) };
}
