/** Everything an inspection works with, made from what it was asked: prompt, tools, conversation, who acts. */
import type { ToolName } from '../protocol/modes.ts';
import { createConversation } from '../tokenizer/conversation.ts';
import type { ConversationImage } from '../tools/tool.ts';
import type { Continuation } from './continuation.ts';
import { restoreStart } from './continuation.ts';
import type { LoopSetup } from './loop.ts';
import { offerTools } from './offer.ts';
import type { Policy } from './policy.ts';
import { systemPrompt, userPrompt } from './prompt.ts';
import { createRecorder } from './recorder.ts';
import type { InspectionDeps, InspectionRequest, LoopLimits } from './request.ts';
import { SHOWN_SMALLER, SMALLER_CROPS } from './request.ts';

export interface InspectOptions {
  readonly limits?: Partial<LoopLimits>;
  /** 0 = greedy. */
  readonly temperature?: number;
  /** Changes every image before model and tools see it, for controls. */
  readonly alterImage?: (image: ConversationImage) => ConversationImage;
  /** Tools of the mode that are not offered, for controls. */
  readonly withheld?: readonly ToolName[];
  /** Reads what the model would answer after each step, where its sessions can: the steps' `belief`. */
  readonly believes?: boolean;
  /** Goes on from an earlier inspection of the same part instead of beginning anew. */
  readonly from?: Continuation;
}

export interface InspectSettings extends InspectOptions {
  readonly limits: LoopLimits;
  readonly temperature: number;
}

export type CreatePolicy = (endOfTurnId: number, offered: readonly ToolName[]) => Policy;

export interface Setup extends LoopSetup {
  readonly id: string;
  readonly created: string;
  readonly userText: string;
  /** Of the tools that could not be offered, and of what it goes on from. */
  readonly warnings: readonly string[];
  /** Host's clock at the beginning. */
  readonly started: number;
}

/** Rejects with a UserError when the request does not go on from where `settings.from` ended. */
export async function setUp(
  request: InspectionRequest,
  deps: InspectionDeps,
  settings: InspectSettings,
  createPolicy: CreatePolicy,
): Promise<Setup> {
  const { backbone, processor, chatTemplate } = deps.model;
  const { limits, alterImage, withheld, from } = settings;
  const started = deps.clock();
  const id = deps.newId();
  const created = deps.now();
  const { offered, warnings } = offerTools(request, deps.match !== null, withheld);
  const library = request.library && request.library.exemplars.length > 0 ? request.library : null;
  const match = library && deps.match ? deps.match(library) : null;
  const system = systemPrompt(offered);
  const user = userPrompt(request.category, request.types, offered);
  const userText = user.map((content) => (content.type === 'text' ? content.text : '')).join('');
  const restored = from
    ? await restoreStart(from, { request: { ...request, library }, model: deps.model, limits, system, userText })
    : null;
  const { tokenizer, config } = backbone;
  const isShownSmaller = limits.cropMaxPixels === SMALLER_CROPS.cropMaxPixels;
  const conversation = createConversation({ tokenizer, chatTemplate, imageTokenId: config.special.image });
  return {
    id,
    created,
    request: { ...request, library },
    offered,
    system,
    user,
    userText,
    match,
    limits,
    clock: deps.clock,
    conversation,
    recorder: createRecorder({ processor, limits, alterImage, onEvent: request.onEvent ?? (() => {}) }),
    policy: createPolicy(conversation.endOfTurnId, offered),
    start: restored?.start ?? null,
    believes: settings.believes ?? false,
    warnings: [...warnings, ...(restored?.warnings ?? []), ...(isShownSmaller ? [SHOWN_SMALLER] : [])],
    started,
  };
}
