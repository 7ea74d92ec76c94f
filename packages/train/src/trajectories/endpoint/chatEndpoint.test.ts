import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatRequest } from './chatEndpoint.ts';
import { createChatEndpoint } from './chatEndpoint.ts';
import { createLedger } from './ledger.ts';
import type { MockServer, Reply, SeenRequest } from './mockServer.ts';
import { startMockServer } from './mockServer.ts';
import { createRequestCache } from './requestCache.ts';
import type { TeacherConfig } from './teacherConfig.ts';
import { TEACHER_DEFAULTS } from './teacherConfig.ts';

const KEY = 'sk-secret-of-the-test';
const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hello' }], temperature: 0.7, seed: 3 };
const clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of clean.splice(0)) await step();
});

async function setUp(
  replies: readonly Reply[] | ((request: SeenRequest, index: number) => Reply | Promise<Reply>),
  changes: Partial<TeacherConfig> = {},
) {
  const server = await startMockServer(
    typeof replies === 'function' ? replies : (_, index) => replies[Math.min(index, replies.length - 1)]!,
  );
  const folder = await mkdtemp(path.join(os.tmpdir(), 'agentiad-teacher-'));
  clean.push(
    () => server.close(),
    () => rm(folder, { recursive: true }),
  );
  const config: TeacherConfig = {
    ...TEACHER_DEFAULTS,
    baseUrl: server.baseUrl,
    model: 'm',
    apiKeyEnv: 'KEY',
    prices: { currency: 'USD', promptPerMillion: 2, completionPerMillion: 10 },
    requestsPerMinute: 60_000,
    firstDelaySeconds: 0.01,
    ...changes,
  };
  const said: string[] = [];
  const open = () => {
    const ledger = createLedger(config.prices, config.budget);
    const say = (text: string) => void said.push(text);
    return {
      ledger,
      endpoint: createChatEndpoint({ config, apiKey: KEY, cache: createRequestCache(folder), ledger, say }),
    };
  };
  return { server: server as MockServer, folder, said, open, ...open() };
}

describe('a request to a teacher', () => {
  it('goes to the named address with key, model, seed and limits, and is counted in tokens and money', async () => {
    const { server, endpoint, ledger } = await setUp(['hi there']);
    expect(await endpoint.complete(request)).toMatchObject({ text: 'hi there', finishReason: 'stop' });
    const [seen] = server.requests;
    expect(seen!.path).toBe('/v1/chat/completions');
    expect(seen!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(seen!.body).toEqual({ ...request, max_tokens: 1024 });
    // 1000 prompt tokens at 2 and 100 completion tokens at 10 per million.
    expect(ledger.summary).toMatchObject({ requests: 1, promptTokens: 1000, completionTokens: 100 });
    expect(ledger.summary.money).toBeCloseTo(0.003, 12);
  });

  it('names the token limit as newer servers want it', async () => {
    const { server, endpoint } = await setUp(['hi'], { maxTokensField: 'max_completion_tokens', maxTokens: 99 });
    await endpoint.complete(request);
    expect(server.requests[0]!.body).toEqual({ ...request, max_completion_tokens: 99 });
  });

  it('takes no settings from variables that the user did not name', async () => {
    process.env['OPENAI_ORG_ID'] = 'org-other';
    process.env['OPENAI_BASE_URL'] = 'http://127.0.0.1:9/elsewhere';
    clean.push(() => {
      delete process.env['OPENAI_ORG_ID'];
      delete process.env['OPENAI_BASE_URL'];
      return Promise.resolve();
    });
    const { server, endpoint } = await setUp(['hi']);
    await endpoint.complete(request);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]!.headers['openai-organization']).toBeUndefined();
  });

  it('is answered from the cache the second time, by content, without the key in it', async () => {
    const { server, endpoint, open, folder } = await setUp((_, index) => `answer ${index}`);
    await endpoint.complete(request);
    const again = open();
    expect((await again.endpoint.complete(request)).text).toBe('answer 0');
    expect(again.ledger.summary).toMatchObject({ requests: 0, cached: 1, money: 0 });
    expect((await again.endpoint.complete({ ...request, seed: 4 })).text).toBe('answer 1');
    expect(server.requests).toHaveLength(2);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
    expect(files).toHaveLength(2);
    for (const name of files) expect(await readFile(path.join(folder, name), 'utf8')).not.toContain(KEY);
  });

  it('is sent once when it comes twice at the same time', async () => {
    const { server, endpoint, ledger } = await setUp((_, index) => `answer ${index}`);
    const answers = await Promise.all([endpoint.complete(request), endpoint.complete(request)]);
    expect(answers.map(({ text }) => text)).toEqual(['answer 0', 'answer 0']);
    expect(server.requests).toHaveLength(1);
    expect(ledger.summary).toMatchObject({ requests: 1, cached: 1 });
  });

  it('says when the server does not count tokens', async () => {
    const { endpoint, ledger } = await setUp([{ text: 'hi', usage: null }]);
    await endpoint.complete(request);
    expect(ledger.summary).toMatchObject({ requests: 1, uncounted: 1, money: 0 });
  });
});

describe('what passes by itself is tried again', () => {
  it.each<[string, Reply]>([
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a body that is not JSON', { raw: '{"id": "chatcmpl-1", "choices": [' }],
    ['a page instead of a completion', { raw: '{"detail": "loading"}' }],
    ['a connection cut in the body', { cutAfter: '{"id": "chatcmpl-1", "choi' }],
  ])('%s', async (_, bad) => {
    const { server, endpoint, ledger, said } = await setUp([bad, bad, 'at last']);
    expect((await endpoint.complete(request)).text).toBe('at last');
    expect(server.requests).toHaveLength(3);
    expect(ledger.summary).toMatchObject({ requests: 1, retries: 2 });
    expect(said).toHaveLength(2);
  });

  it.each(['headers', 'body'] as const)('no answer in time: stalled before its %s ended', async (stall) => {
    const { endpoint, said } = await setUp([{ stall }, 'at last'], { timeoutSeconds: 0.2 });
    expect((await endpoint.complete(request)).text).toBe('at last');
    expect(said[0]).toContain('no answer within 0.2 s');
  });

  it('waits as long as Retry-After asks', async () => {
    const { endpoint } = await setUp([{ status: 429, headers: { 'retry-after': '1' } }, 'at last']);
    const started = performance.now();
    await endpoint.complete(request);
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  it('but not for ever: the address and the last cause are named', async () => {
    const { server, endpoint } = await setUp([{ status: 502 }], { retries: 2 });
    const failed = endpoint.complete(request);
    await expect(failed).rejects.toMatchObject({ code: 'teacher-unreachable', subject: server.baseUrl });
    await expect(failed).rejects.toThrow(/after 3 attempts; the last: status 502/);
    expect(server.requests).toHaveLength(3);
  });

  it('nobody listens there', async () => {
    const { server, endpoint } = await setUp([], { retries: 1 });
    await server.close();
    clean.shift();
    await expect(endpoint.complete(request)).rejects.toMatchObject({ code: 'teacher-unreachable' });
  });
});

describe('what does not pass is a named error at once', () => {
  it.each<[string, Reply, RegExp]>([
    ['a wrong key', { status: 401 }, /status 401.*apiKeyEnv/],
    ['a wrong model', { status: 404 }, /status 404.*`model`/],
    ['a request the server does not take', { status: 400 }, /status 400: 400 mock 400/],
    ['a way to another address', { status: 307, headers: { location: 'http://127.0.0.1:9/v1' } }, /status 307/],
    ['no quota', { status: 429, code: 'insufficient_quota' }, /no quota/],
  ])('%s', async (_, bad, message) => {
    const { server, endpoint } = await setUp([bad]);
    const failed = endpoint.complete(request);
    await expect(failed).rejects.toMatchObject({ code: 'teacher-refused' });
    await expect(failed).rejects.toThrow(message);
    expect(server.requests).toHaveLength(1);
  });
});

describe('limits', () => {
  it('keeps to the requests per minute', async () => {
    const { endpoint } = await setUp(['hi'], { requestsPerMinute: 600 });
    const started = performance.now();
    await Promise.all([1, 2, 3, 4].map((seed) => endpoint.complete({ ...request, seed })));
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  it('has no more requests under way than allowed', async () => {
    let now = 0;
    let most = 0;
    const { endpoint } = await setUp(
      async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 20));
        now--;
        return 'hi';
      },
      { concurrency: 2 },
    );
    await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => endpoint.complete({ ...request, seed })));
    expect(most).toBe(2);
  });

  it('sends nothing once the budget is used up; what was answered stays free', async () => {
    const { server, endpoint } = await setUp(['hi'], { budget: 0.005 });
    await endpoint.complete(request);
    await endpoint.complete({ ...request, seed: 4 });
    await expect(endpoint.complete({ ...request, seed: 5 })).rejects.toMatchObject({ code: 'teacher-budget' });
    expect(server.requests).toHaveLength(2);
    expect((await endpoint.complete(request)).text).toBe('hi');
  });

  it('breaks off what is under way when it is closed', async () => {
    const { endpoint } = await setUp([{ stall: 'headers' }]);
    const pending = endpoint.complete(request);
    setTimeout(() => endpoint.close(), 30);
    await expect(pending).rejects.toThrow('The teacher was closed.');
  });
});
