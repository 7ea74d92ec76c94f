/** The harness page: hands what the specs ask for to a worker like the studio's, where the work is done. */
import { wrap } from 'comlink';
import type { HarnessApi } from './api.ts';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'harness' });
globalThis.harness = wrap<HarnessApi>(worker);
