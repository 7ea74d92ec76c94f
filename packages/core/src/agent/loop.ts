/**
 * The inspection loop (agent-spec §3.4): think, act, observe, until an answer. A bad call becomes an error observation
 * the agent can recover from; too many calls end in a forced answer; an unparsable answer is a failed inspection.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { Answer } from '../protocol/answer.ts';
import type { ToolName } from '../protocol/modes.ts';
import { parseTurn, readThought } from '../protocol/parseTurn.ts';
import type { Status, ExemplarUse } from '../protocol/verdict.ts';
import type { TraceStep } from '../protocol/trace.ts';
import { UserError } from '../support/userError.ts';
import type { ContentPart, Conversation } from '../tokenizer/conversation.ts';
import { callTool } from '../tools/callTool.ts';
import type { ToolContext, ToolOutcome } from '../tools/tool.ts';
import { ToolError } from '../tools/tool.ts';
import type { Policy } from './policy.ts';
import { CALLS_USED_UP, errorObservation, FORCED_ANSWER, NOTHING_TO_DO } from './prompt.ts';
import type { Recorder } from './recorder.ts';
import type { InspectionHost, InspectionRequest, LoopLimits } from './request.ts';

/** One tool outcome with the step it belongs to. */
export interface StepOutcome {
  readonly stepId: string;
  /** Conversation image the outcome added, 1-based, or null. */
  readonly imageIndex: number | null;
  readonly outcome: ToolOutcome;
}

export interface LoopResult {
  readonly status: Status;
  readonly answer: Answer | null;
  readonly score: number | null;
  readonly outcomes: readonly StepOutcome[];
  readonly exemplars: readonly ExemplarUse[];
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
}

/** Never throws: what goes wrong ends in a failed result with everything seen so far. */
export async function runLoop(setup: LoopSetup): Promise<LoopResult> {
  const { request, conversation, recorder, policy, limits, clock } = setup;
  const { part, signal } = request;
  const onEvent = request.onEvent ?? (() => {});
  const outcomes: StepOutcome[] = [];
  const exemplars: ExemplarUse[] = [];
  let calls = 0;
  let forced = false;

  const finish = (status: Status, rest: Partial<LoopResult> = {}): LoopResult => ({
    status,
    answer: null,
    score: null,
    errors: [],
    ...rest,
    outcomes,
    exemplars,
  });

  try {
    return await takeTurns();
  } catch (error) {
    const code = error instanceof UserError ? error.code : 'inspection-broke-off';
    const message = error instanceof Error ? error.message : String(error);
    return finish('failed', { errors: [{ code, message }] });
  }

  async function takeTurns(): Promise<LoopResult> {
    const { raster, sha256, name } = part;
    const { width, height } = raster;
    const first = recorder.addImage({
      role: 'part',
      source: { sha256, name, width, height },
      frame: [0, 0, width, height],
      raster,
    });
    let pendingIds = conversation.open(setup.system, setup.user, [first.tokens]);
    let pendingImages: readonly ProcessedImage[] = [first.processed];

    // Ends: every turn without an answer uses up a call, and the turn after the last one has to answer.
    for (let turn = 1; ; turn++) {
      const stepId = `s${turn}`;
      if (signal?.aborted) return finish('interrupted');
      onEvent({ type: 'step-started', stepId });
      const started = clock();
      await policy.observe(pendingIds, pendingImages, signal);
      const prefilled = clock();
      const forcedPrefix = forced ? FORCED_ANSWER : '';
      const forcedIds = forced ? conversation.addModelText(FORCED_ANSWER) : [];
      if (forced) onEvent({ type: 'text', stepId, text: forcedPrefix });
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
      const base = {
        id: stepId,
        rawText,
        thought: readThought(rawText),
        call: parsed.kind === 'call' ? { name: parsed.name, arguments: parsed.arguments } : null,
        author: 'agent' as const,
        tokens: { prefilled: pendingIds.length + forcedIds.length, generated: action.ids.length },
      };
      const addStep = (observation: TraceStep['observation']) =>
        recorder.addStep({
          ...base,
          observation,
          ms: { prefill: prefilled - started, decode: decoded - prefilled, tool: clock() - decoded },
        });

      if (action.stopReason === 'aborted') {
        addStep(null);
        return finish('interrupted');
      }
      if (parsed.kind === 'answer') {
        addStep(null);
        if (action.score === null) {
          const message = 'The answer carries no readable value token for anomaly_present.';
          return finish('failed', { answer: parsed.answer, errors: [{ code: 'answer-without-score', message }] });
        }
        return finish('complete', { answer: parsed.answer, score: action.score });
      }
      if (parsed.kind === 'bad-answer' || forced) {
        addStep(null);
        const problem = parsed.kind === 'bad-answer' ? parsed.problem : 'The forced answer is not an answer.';
        return finish('failed', { errors: [{ code: 'answer-unparsable', message: problem }] });
      }

      const observed = await observe(parsed, stepId);
      addStep(observed.observation);
      pendingImages = observed.image ? [observed.image.processed] : [];
      const content: ContentPart[] = [{ type: 'text', text: observed.observation.text }];
      if (observed.image) content.push({ type: 'image' });
      pendingIds = conversation.observe(content, observed.image ? [observed.image.tokens] : []);
    }
  }

  async function observe(
    parsed: Exclude<ReturnType<typeof parseTurn>, { kind: 'answer' | 'bad-answer' }>,
    stepId: string,
  ) {
    calls++;
    if (calls > limits.maxToolCalls) {
      forced = true;
      return failed(CALLS_USED_UP);
    }
    if (parsed.kind === 'neither') return failed(NOTHING_TO_DO);
    if (parsed.kind === 'bad-call') return failed(parsed.problem);
    onEvent({ type: 'tool-started', stepId, tool: parsed.name });
    try {
      const outcome = await callTool(parsed.name, parsed.arguments, setup.offered, {
        images: recorder.images,
        library: request.library,
        match: setup.match,
        shownExemplars: exemplars.map(({ id }) => id),
      });
      const image = outcome.image ? recorder.addImage(outcome.image) : null;
      outcomes.push({ stepId, imageIndex: image?.index ?? null, outcome });
      const used = outcome.exemplar;
      if (used && !exemplars.some(({ id }) => id === used.id)) exemplars.push(used);
      return { observation: toObservation(outcome, image?.index ?? null), image };
    } catch (error) {
      // The agent can go on after its own mistakes and after an exemplar that cannot be read; anything else is a bug.
      if (error instanceof ToolError || error instanceof UserError) return failed(error.message);
      throw error;
    }
  }
}

function failed(message: string) {
  const observation = { text: errorObservation(message), isError: true, image: null, boxes: [], map: null };
  return { observation, image: null };
}

function toObservation(outcome: ToolOutcome, image: number | null): NonNullable<TraceStep['observation']> {
  const map = outcome.difference
    ? {
        rows: outcome.difference.result.map.rows,
        columns: outcome.difference.result.map.columns,
        values: Array.from(outcome.difference.result.map.values, (value) => Number(value.toFixed(3))),
        kind: outcome.difference.result.map.kind,
        box: outcome.difference.view,
      }
    : null;
  return { text: outcome.text, isError: false, image, boxes: outcome.boxes, map };
}
