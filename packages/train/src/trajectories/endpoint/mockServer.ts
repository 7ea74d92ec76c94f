/** A chat-completions server on this machine for tests: it speaks the real protocol over a real connection. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly model: string;
    readonly messages: readonly ChatCompletionMessageParam[];
    readonly temperature: number;
    readonly seed: number;
    readonly max_tokens?: number;
    readonly max_completion_tokens?: number;
  };
}

/** What the server does with a request: text is a completion that ends with `stop`. */
export type Reply =
  | string
  | { readonly status: number; readonly code?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly raw: string }
  | { readonly cutAfter: string }
  | { readonly stall: 'headers' | 'body' }
  | { readonly text: string; readonly finishReason?: string; readonly usage?: null };

export interface MockServer {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  close(): Promise<void>;
}

export const MOCK_USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } as const;

export async function startMockServer(
  reply: (request: SeenRequest, index: number) => Reply | Promise<Reply>,
): Promise<MockServer> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as SeenRequest['body'];
      const seen = { path: incoming.url ?? '', headers: incoming.headers, body };
      const index = requests.push(seen) - 1;
      void Promise.resolve(reply(seen, index)).then((answer) => send(response, seen, answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

/** All text of a request, images left out. */
export function textOf(request: SeenRequest): string {
  return request.body.messages
    .flatMap(({ content }) => {
      if (typeof content === 'string') return [content];
      return ((content ?? []) as ChatCompletionContentPart[]).flatMap((part) =>
        part.type === 'text' ? [part.text] : [],
      );
    })
    .join('\n');
}

/** Data URLs of the images of a request. */
export function imagesOf(request: SeenRequest): string[] {
  return request.body.messages.flatMap(({ content }) =>
    Array.isArray(content)
      ? (content as ChatCompletionContentPart[]).flatMap((part) =>
          part.type === 'image_url' ? [part.image_url.url] : [],
        )
      : [],
  );
}

function send(response: ServerResponse, request: SeenRequest, reply: Reply): void {
  const json = { 'content-type': 'application/json' };
  if (typeof reply === 'string') return send(response, request, { text: reply });
  if ('status' in reply) {
    const error = { message: `mock ${reply.status}`, type: 'mock', param: null, code: reply.code ?? null };
    response.writeHead(reply.status, { ...json, ...reply.headers }).end(JSON.stringify({ error }));
  } else if ('raw' in reply) {
    response.writeHead(200, json).end(reply.raw);
  } else if ('cutAfter' in reply) {
    response.writeHead(200, { ...json, 'content-length': '100000' });
    response.write(reply.cutAfter, () => response.destroy());
  } else if ('stall' in reply) {
    if (reply.stall === 'body') response.writeHead(200, json).write('{"id":');
  } else {
    const message = { role: 'assistant', content: reply.text, refusal: null };
    const finish_reason = reply.finishReason ?? 'stop';
    const usage = reply.usage === null ? undefined : MOCK_USAGE;
    const choices = [{ index: 0, message, logprobs: null, finish_reason }];
    const { model } = request.body;
    const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1_760_000_000, model, choices, usage };
    response.writeHead(200, json).end(JSON.stringify(body));
  }
}
