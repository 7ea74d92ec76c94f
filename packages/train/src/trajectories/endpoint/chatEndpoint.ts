/**
 * One chat completion of an OpenAI-compatible server, through the cache, the rate limit, retries and the ledger. What
 * passes by itself (429, 5xx, a lost connection, a cut or garbled body, no answer in time) is tried again with growing
 * waits; what does not (401, 404, a wrong request) is a named error at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI, { APIError } from 'openai';
import type { ChatCompletion, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Ledger, Usage } from './ledger.ts';
import type { RequestCache } from './requestCache.ts';
import { requestKey } from './requestCache.ts';
import type { TeacherConfig } from './teacherConfig.ts';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatCompletionMessageParam[];
  readonly temperature: number;
  /** Tells apart requests that are otherwise alike, so that candidates differ. */
  readonly seed: number;
}

export interface Answer {
  readonly text: string;
  /** `stop`, `length`, `content_filter`, ... as the server says. */
  readonly finishReason: string;
  /** Null when the server did not count. */
  readonly usage: Usage | null;
}

export interface ChatEndpoint {
  complete(request: ChatRequest): Promise<Answer>;
  /** Breaks off what is under way. */
  close(): void;
}

const LONGEST_WAIT_MS = 60_000;

export function createChatEndpoint(options: {
  readonly config: TeacherConfig;
  readonly apiKey: string;
  readonly cache: RequestCache;
  readonly ledger: Ledger;
  /** Told of every attempt that failed and is made again. */
  readonly say: (text: string) => void;
}): ChatEndpoint {
  const { config, cache, ledger, say } = options;
  // Everything explicit: the client would otherwise read further settings from variables of the environment.
  const client = new OpenAI({
    apiKey: options.apiKey,
    baseURL: config.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    logLevel: 'off',
    // A redirect would send the images to an address that the user did not name.
    fetchOptions: { redirect: 'manual' },
  });
  const queue = new PQueue({
    concurrency: config.concurrency,
    interval: 60_000 / config.requestsPerMinute,
    intervalCap: 1,
  });
  const closing = new AbortController();
  /** Requests that are alike are sent once, also when they come at the same time. */
  const underWay = new Map<string, Promise<Answer>>();

  const attempt = async (body: OpenAI.ChatCompletionCreateParamsNonStreaming): Promise<Answer> => {
    ledger.checkBudget();
    const limit = AbortSignal.timeout(config.timeoutSeconds * 1000);
    try {
      const signal = AbortSignal.any([limit, closing.signal]);
      return readCompletion(await client.chat.completions.create(body, { signal }));
    } catch (error) {
      closing.signal.throwIfAborted();
      if (limit.aborted) throw new PassingError(`no answer within ${config.timeoutSeconds} s`, 0, error);
      throw classify(error, config);
    }
  };

  const ask = async (body: OpenAI.ChatCompletionCreateParamsNonStreaming, key: string): Promise<Answer> => {
    const known = await cache.get(key);
    if (known) {
      ledger.addCached();
      return known;
    }
    const answer = await pRetry(() => queue.add(() => attempt(body), { signal: closing.signal }), {
      retries: config.retries,
      minTimeout: config.firstDelaySeconds * 1000,
      maxTimeout: LONGEST_WAIT_MS,
      randomize: true,
      signal: closing.signal,
      shouldRetry: ({ error }) => error instanceof PassingError,
      async onFailedAttempt({ error, retriesLeft }) {
        if (!(error instanceof PassingError) || retriesLeft === 0) return;
        ledger.addRetry();
        say(`The teacher's server: ${error.message}. Trying again, ${retriesLeft} times at most.`);
        await sleep(error.waitMs, undefined, { signal: closing.signal });
      },
    }).catch((error: unknown) => {
      throw error instanceof PassingError ? unreachable(config, error) : error;
    });
    ledger.addAnswer(answer.usage);
    await cache.put(key, answer);
    return answer;
  };

  return {
    async complete({ model, messages, temperature, seed }) {
      const body: OpenAI.ChatCompletionCreateParamsNonStreaming = {
        model,
        messages: [...messages],
        temperature,
        seed,
        [config.maxTokensField]: config.maxTokens,
      };
      const key = requestKey(config.baseUrl, body);
      const running = underWay.get(key);
      if (running) ledger.addCached();
      const asked = running ?? ask(body, key).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
    close: () => closing.abort(new Error('The teacher was closed.')),
  };
}

/** A failure that may pass; `waitMs` is what the server asked for, beside the growing wait of the retries. */
class PassingError extends Error {
  readonly waitMs: number;

  constructor(message: string, waitMs: number, cause: unknown) {
    super(message, { cause });
    this.name = 'PassingError';
    this.waitMs = waitMs;
  }
}

/** The parts of an answer that count. A body that is no completion is a garbled one. */
function readCompletion(body: Partial<ChatCompletion> | string | undefined): Answer {
  const choice = typeof body === 'object' ? body.choices?.[0] : undefined;
  if (typeof body !== 'object' || !choice?.message) {
    throw new PassingError('the answer is no chat completion', 0, body);
  }
  const { usage } = body;
  return {
    text: choice.message.content ?? '',
    finishReason: choice.message.refusal ? 'refusal' : choice.finish_reason,
    usage: usage ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens } : null,
  };
}

function classify(error: unknown, config: TeacherConfig): Error {
  if (error instanceof PassingError || error instanceof UserError) return error;
  if (!(error instanceof APIError) || error.status === undefined) {
    // Not reached, cut off, or not JSON: the client gives the cause of a lost connection one level down.
    const { message, cause } = error as Error;
    return new PassingError(`${message}${cause instanceof Error ? ` (${cause.message})` : ''}`, 0, error);
  }
  const { status, code } = error as { status: number; code?: string | null };
  const isPassing = [408, 409, 425, 429].includes(status) || status >= 500;
  if (isPassing && code !== 'insufficient_quota') {
    return new PassingError(`status ${status}`, waitOf(error.headers as Headers | undefined), error);
  }
  return new UserError({
    code: 'teacher-refused',
    subject: config.baseUrl,
    reason: `the server refused the request with status ${status}: ${error.message}.`,
    remedy: REMEDIES[status] ?? 'Check the teacher configuration against what the server offers.',
    cause: error,
  });
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Check the key in the environment variable that `apiKeyEnv` names.',
  403: 'Check that the key may use this model.',
  404: 'Check `baseUrl` (up to and with the version, as in http://localhost:8000/v1) and `model`.',
  413: 'The images are larger than the server takes: lower the pixels of the run.',
  429: 'The account has no quota left.',
};

/** Milliseconds of a `Retry-After`, in either of its forms; 0 without one. */
function waitOf(headers: Headers | undefined): number {
  const value = headers?.get('retry-after');
  if (!value) return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function unreachable(config: TeacherConfig, error: PassingError): UserError {
  return new UserError({
    code: 'teacher-unreachable',
    subject: config.baseUrl,
    reason: `no usable answer after ${config.retries + 1} attempts; the last: ${error.message}.`,
    remedy: 'Check the address and the server, then run the same command again: what was answered is kept.',
    cause: error.cause,
  });
}
