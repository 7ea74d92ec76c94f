/** The main job: one image in, one trace out. `inspect` lets the model act; `inspectWith` takes any policy (training). */
import { checkDocument } from '../protocol/schema.ts';
import type { Trace } from '../protocol/trace.ts';
import { assert } from '../support/assert.ts';
import type { TokenRecord } from '../tokenizer/conversation.ts';
import type { Backbone } from '../model/backbone.ts';
import { createGrammar } from './grammar.ts';
import { runLoop } from './loop.ts';
import { createModelPolicy } from './modelPolicy.ts';
import type { Policy } from './policy.ts';
import { createRecoveringPolicy } from './recoveringPolicy.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import { DEFAULT_LIMITS } from './request.ts';
import type { CreatePolicy, InspectOptions, InspectSettings, Setup } from './setup.ts';
import { setUp } from './setup.ts';
import { lookFirst } from './triage.ts';
import { writeVerdict } from './writeVerdict.ts';

export type { InspectOptions } from './setup.ts';

/** Runs one inspection with the model. Resolves also for failed and interrupted ones: the trace keeps what was seen. */
export async function inspect(
  request: InspectionRequest,
  deps: InspectionDeps,
  options: InspectOptions = {},
): Promise<Trace> {
  const { settings, createPolicy } = modelActs(request, deps, options);
  const { trace } = await inspectWith(request, deps, settings, createPolicy);
  return trace;
}

/** The options with what they leave out, and the loaded model as the one who acts. */
export function modelActs(
  request: InspectionRequest,
  deps: InspectionDeps,
  options: InspectOptions,
): { readonly settings: InspectSettings; readonly createPolicy: CreatePolicy } {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const temperature = options.temperature ?? 0;
  const { backbone } = deps.model;
  const { tokenizer, card } = backbone;
  const createPolicy: CreatePolicy = (endOfTurnId, offered) => {
    const grammar = card.tuned ? null : createGrammar({ tokenizer, endOfTurnId, offered, types: request.types });
    const { maxNewTokens } = limits;
    const settings = { endOfTurnId, grammar, maxNewTokens, temperature, topP: 0.95, seed: request.seed };
    const create = (on: Backbone) => createModelPolicy(on, settings);
    return deps.recovery ? createRecoveringPolicy(backbone, create, deps.recovery) : create(backbone);
  };
  return { settings: { ...options, limits, temperature }, createPolicy };
}

/**
 * The same inspection with any policy acting; returns the token record beside the trace. Rejects only when it was to go
 * on from an inspection that it cannot go on from.
 */
export async function inspectWith(
  request: InspectionRequest,
  deps: InspectionDeps,
  settings: InspectSettings,
  createPolicy: (...given: Parameters<CreatePolicy>) => Policy,
): Promise<{ trace: Trace; record: TokenRecord }> {
  const setup = await setUp(request, deps, settings, createPolicy);
  const { conversation, recorder, policy, system, userText } = setup;
  const { first, result } = await decideOn(setup, deps, settings).finally(() => policy.dispose());
  const trace: Trace = {
    schema: 'agentiad-trace/1',
    verdict: writeVerdict({ deps, settings, setup, result, first }),
    prompt: { system, user: userText },
    images: recorder.traceImages,
    steps: recorder.steps,
    assets: recorder.assets,
    ...(recorder.firstBelief !== undefined && { firstBelief: recorder.firstBelief }),
  };
  const checked = checkDocument('trace', trace);
  assert(checked.ok, `the trace does not fit its schema: ${checked.ok ? '' : checked.problems.join('; ')}`);
  request.onEvent?.({ type: 'finished', trace });
  return { trace, record: conversation.record };
}

/** Library match where the recipe's fast path is sure, else the agent. */
async function decideOn(setup: Setup, deps: InspectionDeps, settings: InspectSettings) {
  const first = await lookFirst(setup, deps, settings);
  return { first, result: first?.result ?? (await runLoop(setup)) };
}
