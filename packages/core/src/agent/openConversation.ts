/** How a conversation with the model begins: with the part, or with all that an earlier inspection did. */
import type { ProcessedImage } from '../image/processor.ts';
import type { TraceStep, TraceToolCall } from '../protocol/trace.ts';
import type { ContentPart, Conversation } from '../tokenizer/conversation.ts';
import type { ToolContext, ToolOutcome } from '../tools/tool.ts';
import type { Observation } from './observation.ts';
import type { Policy } from './policy.ts';
import type { AddedImage, Recorder, RestoredImage } from './recorder.ts';
import type { InspectionRequest } from './request.ts';

/** A step that a person takes: in the conversation it stands as the agent's own call. */
export interface HumanStep {
  readonly rawText: string;
  readonly call: TraceToolCall;
  run(context: ToolContext): Promise<ToolOutcome>;
}

/** Where the loop starts instead of at the beginning. */
export interface LoopStart {
  /** All that the conversation shows after `steps`, the part first. */
  readonly images: readonly RestoredImage[];
  /** Each with its observation; taken over as they are. */
  readonly steps: readonly TraceStep[];
  readonly firstBelief?: number | null;
  readonly question: HumanStep | null;
}

/** What the policy has not been fed yet. */
export interface Pending {
  readonly ids: readonly number[];
  readonly images: readonly ProcessedImage[];
}

export interface OpenSetup {
  readonly request: Pick<InspectionRequest, 'part' | 'signal'>;
  readonly system: string;
  readonly user: readonly ContentPart[];
  readonly conversation: Conversation;
  readonly recorder: Recorder;
  readonly policy: Policy;
  readonly start: LoopStart | null;
}

/**
 * Opens the conversation, with all that `start` says was there before: the policy is fed the very tokens and pixels that
 * it was fed or wrote then. What is left has to be fed with what comes next.
 */
export async function openConversation(setup: OpenSetup): Promise<Pending> {
  const { conversation, recorder, policy, start } = setup;
  const { part, signal } = setup.request;
  if (start) recorder.takeOver(start);
  const first = start ? start.images[0]! : recorder.addImage(toConversationImage(part));
  const ids = conversation.open(setup.system, setup.user, [first.tokens]);
  let pending: Pending = { ids, images: [first.processed] };
  for (const step of start?.steps ?? []) {
    const written = step.ids ?? conversation.turnIds(step.rawText);
    await policy.observe([...pending.ids, ...written], pending.images, signal);
    conversation.addGenerated(written);
    const image = start?.images.find(({ index }) => index === step.observation?.image);
    pending = showObservation(conversation, step.observation!, image ?? null);
  }
  return pending;
}

/** Adds an observation to the conversation. */
export function showObservation(
  conversation: Conversation,
  { text }: Pick<Observation, 'text'>,
  image: Pick<AddedImage, 'processed' | 'tokens'> | null,
): Pending {
  const content: ContentPart[] = [{ type: 'text', text }];
  if (image) content.push({ type: 'image' });
  const ids = conversation.observe(content, image ? [image.tokens] : []);
  return { ids, images: image ? [image.processed] : [] };
}

export function toConversationImage({ sha256, name, raster }: InspectionRequest['part']) {
  const { width, height } = raster;
  return { role: 'part', source: { sha256, name, width, height }, frame: [0, 0, width, height], raster } as const;
}
