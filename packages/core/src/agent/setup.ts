/** Everything an inspection works with, made from what it was asked: prompt, tools, conversation, who acts. */
import type { ToolName } from '../protocol/modes.ts';
import type { PartFields } from '../protocol/verdict.ts';
import { createConversation } from '../tokenizer/conversation.ts';
import type { ConversationImage } from '../tools/tool.ts';
import type { Continuation } from './continuation.ts';
import { restoreStart } from './continuation.ts';
import type { LoopSetup } from './loop.ts';
import { offerTools } from './offer.ts';
import { matchPart } from './partMatch.ts';
import type { Policy } from './policy.ts';
import { systemPrompt, userPrompt } from './prompt.ts';
import { areasOf, blankRequest, cappedLimits, foreignModel, partFields, specificationFor } from './recipeUse.ts';
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
  /** The agent is asked also where the fast path would decide, for controls. */
  readonly isAgentAsked?: boolean;
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
  readonly partFields: PartFields;
  /** With everything as the recipe has it seen. */
  readonly request: InspectionRequest;
  readonly id: string;
  readonly created: string;
  readonly userText: string;
  /** Of the tools that could not be offered, and of what it goes on from. */
  readonly warnings: readonly string[];
  /** Host's clock at the beginning. */
  readonly started: number;
}

/** Rejects with a UserError when the request does not go on from where `settings.from` ended, or its recipe cannot be read. */
export async function setUp(
  given: InspectionRequest,
  deps: InspectionDeps,
  settings: InspectSettings,
  createPolicy: CreatePolicy,
): Promise<Setup> {
  const { backbone, processor, chatTemplate } = deps.model;
  const { alterImage, withheld, from } = settings;
  const limits = cappedLimits(settings.limits, given);
  const started = deps.clock();
  const fields = partFields(given);
  const id = deps.newId();
  const created = deps.now();
  const { offered, warnings } = offerTools(given, deps.match !== null, withheld);
  const library = given.library && given.library.exemplars.length > 0 ? given.library : null;
  const request = blankRequest({ ...given, library });
  const seen = { file: given.part.raster, shown: request.part.raster, areas: areasOf(given) };
  const match = library && deps.match ? matchPart(deps.match(library), seen) : null;
  const system = systemPrompt(offered);
  const { specification, warnings: unread } = specificationFor(request, backbone.card);
  const user = userPrompt({ ...request, specification, offered });
  const userText = user.map((content) => (content.type === 'text' ? content.text : '')).join('');
  const restored = from ? await restoreStart(from, { request, model: deps.model, limits, system, userText }) : null;
  const { tokenizer, config } = backbone;
  const isShownSmaller = settings.limits.cropMaxPixels === SMALLER_CROPS.cropMaxPixels;
  const conversation = createConversation({ tokenizer, chatTemplate, imageTokenId: config.special.image });
  return {
    id,
    created,
    partFields: fields,
    request,
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
    warnings: [
      ...warnings,
      ...(restored?.warnings ?? []),
      ...(isShownSmaller ? [SHOWN_SMALLER] : []),
      ...foreignModel(given, backbone.card),
      ...unread,
    ],
    started,
  };
}
