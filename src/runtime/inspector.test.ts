// @vitest-environment node
import { readFile } from 'node:fs/promises';
import { UserError } from '@agentiad/core/support/userError.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openInspector } from './inspector.ts';

beforeEach(() => vi.stubGlobal('self', { isSecureContext: true, location: { href: 'http://localhost/' } }));
afterEach(() => vi.unstubAllGlobals());

it('keeps nothing of the feature tower when the model does not load', async () => {
  vi.stubGlobal('fetch', async (url: string) => {
    const { pathname } = new URL(url);
    if (!pathname.startsWith('/models/tower/')) return new Response(null, { status: 404 });
    return new Response(await readFile(new URL(`../../public${pathname}`, import.meta.url)));
  });
  const nothingKept = { get: () => Promise.resolve(null), put: () => Promise.resolve() };
  const open = () =>
    openInspector(
      { base: 'http://localhost/', backend: 'cpu', modelId: null },
      () => {},
      () => nothingKept,
    );
  await expect(open()).rejects.toBeInstanceOf(UserError);
  expect(tf.memory().numTensors).toBe(0);
});
