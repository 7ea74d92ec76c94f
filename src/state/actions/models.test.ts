// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { StoredModel } from '../../modelStore/modelRecord.ts';
import type { EngineInfo } from '../../runtime/messages.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { chooseModel, deleteModel } from './models.ts';

const model = { id: 'kept', card: { name: 'A model' } } as StoredModel;
const info = (modelId: string | null) => ({ modelId }) as EngineInfo;

describe('deleting the model that inspects', () => {
  it('is refused while an image is inspected, and leaves everything as it is', async () => {
    const studio = createTestStudio();
    const removed: string[] = [];
    Object.assign(studio.models, { remove: (id: string) => Promise.resolve(void removed.push(id)) });
    studio.store.setState(({ models }) => ({
      inspecting: { id: Symbol(), live: null },
      models: { ...models, chosen: 'kept' },
    }));
    await deleteModel(studio, model);
    const { engine, models } = studio.store.getState();
    expect(removed).toEqual([]);
    expect(engine.state).toBe('ready');
    expect(models.chosen).toBe('kept');
    expect(models.problems['kept']?.code).toBe('model-in-use');
  });
});

describe('another model chosen while one is loading', () => {
  it('is the one the page tells of, though the first is ready in between', async () => {
    const studio = createTestStudio();
    const ready = new Map<string | null, (info: EngineInfo) => void>();
    const start = (id: string | null) => new Promise<EngineInfo>((resolve) => ready.set(id, resolve));
    Object.assign(studio.engine, { start });
    const first = chooseModel(studio, 'slow');
    while (!ready.has('slow')) await new Promise((resolve) => setTimeout(resolve));
    const second = chooseModel(studio, null);
    while (!ready.has(null)) await new Promise((resolve) => setTimeout(resolve));
    ready.get('slow')!(info('slow'));
    await first;
    expect(studio.store.getState().engine.state).toBe('loading');
    ready.get(null)!(info(null));
    await second;
    expect(studio.store.getState().engine).toMatchObject({ state: 'ready', info: { modelId: null } });
  });
});
