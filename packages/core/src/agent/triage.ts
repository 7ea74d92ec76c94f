/**
 * Library match looks first: for the fast path of a recipe, which decides sure cases without the agent, and for a
 * validation, which tells of both side by side.
 */
import { UserError } from '../support/userError.ts';
import type { Triage } from '../protocol/recipe.ts';
import type { LibraryMatchSummary } from '../protocol/verdict.ts';
import { differenceTool } from '../tools/differenceTool.ts';
import { usableExemplars } from '../tools/query.ts';
import { triagedLabel } from '../validation/rates.ts';
import { findDoubt } from './doubt.ts';
import type { Observation } from './observation.ts';
import { toObservation } from './observation.ts';
import { toConversationImage } from './openConversation.ts';
import type { LoopResult } from './loop.ts';
import type { InspectionDeps } from './request.ts';
import { loadedOf } from './request.ts';
import type { InspectOptions, Setup } from './setup.ts';

/** Good parts below which distances mean too little to decide by (they are uncalibrated). */
export const FEWEST_FOR_TRIAGE = 3;
/** What is asked, and recorded where it decides. */
const CALL = { name: differenceTool.name, arguments: { target_image: 1, top_k: 3 } };

/** What Library match decided alone. */
export interface Triaged {
  readonly label: 'normal' | 'anomalous';
  readonly score: number;
  readonly triage: Triage;
}

export interface FirstLook {
  /** Of the whole part; null where it could not be compared. */
  readonly match: LibraryMatchSummary | null;
  /** Null: the agent is asked. */
  readonly result: (LoopResult & { readonly triaged: Triaged }) | null;
  readonly warnings: readonly string[];
  readonly ms: number;
}

/** Null: Library match does not look first. Steps are recorded only where it decides. */
export async function lookFirst(
  setup: Setup,
  deps: InspectionDeps,
  { isAgentAsked = false }: Pick<InspectOptions, 'isAgentAsked'>,
): Promise<FirstLook | null> {
  const { request } = setup;
  const { recipe, isValidation = false, library, part, signal } = request;
  const triage = recipe?.triage ?? null;
  if ((!triage && !isValidation) || isAgentAsked || setup.start || signal?.aborted) return null;
  const skipped = (warning: string): FirstLook => ({ match: null, result: null, warnings: [warning], ms: 0 });
  const doubt = findDoubt(request, loadedOf(deps));
  if (!isValidation && doubt !== null) return skipped(`The fast path was not taken: ${doubt}.`);
  const fewest = isValidation ? 1 : FEWEST_FOR_TRIAGE;
  if (!setup.match || usableExemplars(library, part.sha256).length < fewest)
    return isValidation
      ? null
      : skipped(`The fast path was not taken: Library match needs ${fewest} known-good parts to decide.`);

  const started = deps.clock();
  try {
    const images = [toConversationImage(part)];
    const outcome = await differenceTool.run(CALL.arguments, {
      images,
      library,
      match: setup.match,
      shownExemplars: [],
    });
    const observation = toObservation(outcome, null);
    const match = observation.match!;
    const ms = deps.clock() - started;
    const label = isValidation || signal?.aborted ? null : triagedLabel(match.score, triage);
    if (label === null) return { match, result: null, warnings: [], ms };
    record(setup, observation, ms);
    const ended = { status: 'complete', answer: null, score: null, errors: [] } as const;
    return { match, result: { ...ended, triaged: { label, score: match.score, triage: triage! } }, warnings: [], ms };
  } catch (error) {
    // An exemplar that cannot be read: the agent can do without; anything else is a bug.
    if (!(error instanceof UserError)) throw error;
    return skipped(`Library match did not look first: ${error.message}`);
  }
}

/** One step, as if the agent had asked: page, replay and questions need no other kind. */
function record({ request, recorder }: Setup, observation: Observation, ms: number): void {
  const { part, onEvent = () => {} } = request;
  const stepId = 's1';
  recorder.addImage(toConversationImage(part));
  onEvent({ type: 'step-started', stepId });
  onEvent({ type: 'tool-started', stepId, tool: CALL.name });
  recorder.addStep({
    id: stepId,
    rawText: `<tool_call>\n${JSON.stringify(CALL)}\n</tool_call>`,
    thought: '',
    call: CALL,
    observation,
    author: 'library-match',
    tokens: { prefilled: 0, generated: 0 },
    ms: { prefill: 0, decode: 0, tool: ms },
  });
}
