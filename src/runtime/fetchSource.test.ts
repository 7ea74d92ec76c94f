import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFetchSource } from './fetchSource.ts';

const sourceOf = (answer: () => Promise<Response>) => {
  vi.stubGlobal('fetch', answer);
  return createFetchSource('http://localhost/models/nano/', () => {});
};
const cutOff = () =>
  new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError('network error')) }));

afterEach(() => vi.unstubAllGlobals());

describe('a model file', () => {
  it.each([
    ['when the server is gone', () => Promise.reject(new TypeError('failed')), 'could not be fetched'],
    ['when the connection is cut', () => Promise.resolve(cutOff()), 'was cut off'],
    ['when the server fails', () => Promise.resolve(new Response('', { status: 503 })), '503'],
  ])('is unreachable %s', async (_when, answer, reason) => {
    const reading = sourceOf(answer).size('weights.bin');
    await expect(reading).rejects.toMatchObject({
      code: 'model-unreachable',
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('that is not there is not an error of the server', async () => {
    expect(await sourceOf(() => Promise.resolve(new Response('', { status: 404 }))).size('x')).toBeNull();
  });
});
