/**
 * The inspection loop (agent-spec §3.4): think, act, observe, until an answer. A bad call becomes an error observation
 * the agent can recover from; too many calls end in a forced answer; an unparsable answer is a failed inspection. It can
 * start from what an earlier inspection did, and with a step that a person takes in the agent's place.
 */
import type { Answer } from '../protocol/answer.ts';
import type { ToolName } from '../protocol/modes.ts';
import { parseTurn, readThought } from '../protocol/parseTurn.ts';
import type { Status } from '../protocol/verdict.ts';
import type { TraceStep } from '../protocol/trace.ts';
import { UserError } from '../support/userError.ts';
import type { ContentPart, Conversation } from '../tokenizer/conversation.ts';
import { callTool } from '../tools/callTool.ts';
import type { ToolContext } from '../tools/tool.ts';
import { ToolError } from '../tools/tool.ts';
import type { Observation } from './observation.ts';
import { failedObservation, toObservation } from './observation.ts';
import type { Policy } from './policy.ts';
import { CALLS_USED_UP, FORCED_ANSWER, NOTHING_TO_DO } from './prompt.ts';
import type { HumanStep, LoopStart, Pending } from './openConversation.ts';
import { openConversation, showObservation } from './openConversation.ts';
import type { AddedImage, Recorder } from './recorder.ts';
import type { InspectionHost, InspectionRequest, LoopLimits } from './request.ts';
import { collectExemplars } from './verdict.ts';

export interface LoopResult {
  readonly status: Status;
  readonly answer: Answer | null;
  readonly score: number | null;
  readonly errors: readonly { readonly code: string; readonly message: string }[];
}

export interface LoopSetup {
  readonly request: Pick<InspectionRequest, 'part' | 'library' | 'signal' | 'onEvent'>;
  readonly offered: readonly ToolName[];
  readonly system: string;
  readonly user: readonly ContentPart[];
  readonly match: ToolContext['match'];
  readonly limits: LoopLimits;
  readonly clock: InspectionHost['clock'];
  readonly conversation: Conversation;
  readonly recorder: Recorder;
  readonly policy: Policy;
  readonly start: LoopStart | null;
  /** Reads what the model would answer after each step. */
  readonly believes: boolean;
}

/** Never throws: what goes wrong ends in a failed result with everything seen so far. */
export async function runLoop(setup: LoopSetup): Promise<LoopResult> {
  const { request, conversation, recorder, policy, limits, clock } = setup;
  const { signal } = request;
  const onEvent = request.onEvent ?? (() => {});
  let calls = 0;

  const finish = (status: Status, rest: Partial<LoopResult> = {}): LoopResult => ({
    status,
    answer: null,
    score: null,
    errors: [],
    ...rest,
  });

  try {
    const begun = await openConversation(setup);
    calls = recorder.steps.filter(({ author }) => author === 'agent').length;
    const { question } = setup.start ?? {};
    return await takeTurns(question ? await takeHumanStep(question, begun) : begun);
  } catch (error) {
    const code = error instanceof UserError ? error.code : 'inspection-broke-off';
    const message = error instanceof Error ? error.message : String(error);
    return finish('failed', { errors: [{ code, message }] });
  }

  async function takeTurns(begun: Pending): Promise<LoopResult> {
    // Ends: every turn without an answer uses up a call, and the turn after the last one has to answer.
    for (let pending = begun; ;) {
      const stepId = nextStepId();
      const isForced = calls > limits.maxToolCalls;
      if (signal?.aborted) return finish('interrupted');
      onEvent({ type: 'step-started', stepId });
      const started = clock();
      await policy.observe(pending.ids, pending.images, signal);
      const prefilled = clock();
      await believe();
      const believed = clock();
      const forcedPrefix = isForced ? FORCED_ANSWER : '';
      const forcedIds = isForced ? conversation.addModelText(FORCED_ANSWER) : [];
      if (isForced) onEvent({ type: 'text', stepId, text: forcedPrefix });
      const action = await policy.act({
        steps: recorder.steps,
        forcedPrefix,
        forcedIds,
        signal,
        onText: (text) => onEvent({ type: 'text', stepId, text }),
      });
      conversation.addGenerated(action.ids);
      const decoded = clock();
      const rawText = forcedPrefix + action.text;
      const parsed = parseTurn(rawText);
      const written = [...forcedIds, ...action.ids];
      const base = {
        id: stepId,
        rawText,
        thought: readThought(rawText),
        call: parsed.kind === 'call' ? { name: parsed.name, arguments: parsed.arguments } : null,
        author: 'agent' as const,
        tokens: { prefilled: pending.ids.length + forcedIds.length, generated: action.ids.length },
        ...(!isSame(written, conversation.turnIds(rawText)) && { ids: written }),
      };
      const addStep = (observation: TraceStep['observation'], belief?: number | null) =>
        recorder.addStep({
          ...base,
          observation,
          ms: { prefill: prefilled - started, decode: decoded - believed, tool: clock() - decoded },
          ...(setup.believes && belief !== undefined && { belief }),
        });

      if (action.stopReason === 'aborted') {
        addStep(null);
        return finish('interrupted');
      }
      if (parsed.kind === 'answer') {
        addStep(null, action.score);
        if (action.score === null) {
          const message = 'The answer carries no readable value token for anomaly_present.';
          return finish('failed', { answer: parsed.answer, errors: [{ code: 'answer-without-score', message }] });
        }
        return finish('complete', { answer: parsed.answer, score: action.score });
      }
      if (parsed.kind === 'bad-answer' || isForced) {
        addStep(null);
        const problem = parsed.kind === 'bad-answer' ? parsed.problem : 'The forced answer is not an answer.';
        return finish('failed', { errors: [{ code: 'answer-unparsable', message: problem }] });
      }

      const observed = await observe(parsed, stepId);
      addStep(observed.observation);
      pending = showObservation(conversation, observed.observation, observed.image);
    }
  }

  /** Takes the step in the agent's place; throws what the agent would be told of, since a person can act on it. */
  async function takeHumanStep({ rawText, call, run }: HumanStep, pending: Pending): Promise<Pending> {
    const stepId = nextStepId();
    onEvent({ type: 'step-started', stepId });
    const ids = conversation.addModelText(rawText);
    onEvent({ type: 'tool-started', stepId, tool: call.name });
    const started = clock();
    const outcome = await run(toolContext());
    const image = outcome.image ? recorder.addImage(outcome.image) : null;
    const observation = toObservation(outcome, image?.index ?? null);
    recorder.addStep({
      id: stepId,
      rawText,
      thought: '',
      call,
      observation,
      author: 'human',
      tokens: { prefilled: 0, generated: 0 },
      ms: { prefill: 0, decode: 0, tool: clock() - started },
    });
    const shown = showObservation(conversation, observation, image);
    return { ids: [...pending.ids, ...ids, ...shown.ids], images: [...pending.images, ...shown.images] };
  }

  /** What the model would say now, of the last step or of the part alone, unless that is known. */
  async function believe() {
    if (!setup.believes || !policy.believe || signal?.aborted) return;
    const last = recorder.steps.at(-1);
    if ((last ? last.belief : recorder.firstBelief) !== undefined) return;
    const started = clock();
    const ids = conversation.fork().addModelText(FORCED_ANSWER);
    const belief = await policy.believe(ids, []);
    recorder.addBelief(belief, clock() - started);
  }

  async function observe(
    parsed: Exclude<ReturnType<typeof parseTurn>, { kind: 'answer' | 'bad-answer' }>,
    stepId: string,
  ): Promise<{ observation: Observation; image: AddedImage | null }> {
    const failed = (message: string) => ({ observation: failedObservation(message), image: null });
    calls++;
    if (calls > limits.maxToolCalls) return failed(CALLS_USED_UP);
    if (parsed.kind === 'neither') return failed(NOTHING_TO_DO);
    if (parsed.kind === 'bad-call') return failed(parsed.problem);
    onEvent({ type: 'tool-started', stepId, tool: parsed.name });
    try {
      const outcome = await callTool(parsed.name, parsed.arguments, setup.offered, toolContext());
      const image = outcome.image ? recorder.addImage(outcome.image) : null;
      return { observation: toObservation(outcome, image?.index ?? null), image };
    } catch (error) {
      // The agent can go on after its own mistakes and after an exemplar that cannot be read; anything else is a bug.
      if (error instanceof ToolError || error instanceof UserError) return failed(error.message);
      throw error;
    }
  }

  function toolContext(): ToolContext {
    return {
      images: recorder.images,
      library: request.library,
      match: setup.match,
      shownExemplars: collectExemplars(recorder.steps).map(({ id }) => id),
    };
  }

  function nextStepId(): string {
    return `s${recorder.steps.length + 1}`;
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
