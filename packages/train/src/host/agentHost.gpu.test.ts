import { describe, expect, it, vi } from 'vitest';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { RECOVERED } from '@agentiad/core/agent/recoveringPolicy.ts';
import type { InspectionRequest } from '@agentiad/core/agent/request.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { readFile } from 'node:fs/promises';
import { SHIPPED_MODEL, SHIPPED_TOWER } from '../commands/options.ts';
import { openAgentHost } from './agentHost.ts';
import { decodeImage } from './decodeImage.ts';
import type * as deviceModule from './device.ts';

const devices = vi.hoisted(() => [] as GPUDevice[]);
vi.mock('./device.ts', async (original) => {
  const actual = await original<typeof deviceModule>();
  const openDevice: typeof actual.openDevice = async (...given) => {
    const opened = await actual.openDevice(...given);
    if (opened) devices.push(opened.device);
    return opened;
  };
  return { ...actual, openDevice };
});

const image = new URL('../../../../public/samples/blister-empty.jpg', import.meta.url);

describe('an inspection on the engine', () => {
  it('ends with the same verdict when the device is lost on the way', async () => {
    const host = await openAgentHost({ backend: 'webgpu', model: SHIPPED_MODEL, tower: SHIPPED_TOWER });
    try {
      const request: InspectionRequest = {
        part: await decodeImage(await readFile(image), 'blister.jpg'),
        category: 'blister',
        types: ['missing'],
        mode: 'pz',
        library: null,
        thresholds: DEFAULT_THRESHOLDS,
        seed: 0,
        recipe: null,
      };
      const whole = await inspect(request, host.deps);
      expect(whole.verdict.model.backend).toBe('webgpu');

      const lose = () => devices.at(-1)!.destroy();
      let wasLost = false;
      const broken = await inspect(
        {
          ...request,
          onEvent(event) {
            if (event.type !== 'step-finished' || wasLost) return;
            wasLost = true;
            lose();
          },
        },
        host.deps,
      );
      expect(devices).toHaveLength(2);
      expect(broken.verdict.warnings).toContain(RECOVERED);
      expect(broken.steps.map(({ rawText }) => rawText)).toEqual(whole.steps.map(({ rawText }) => rawText));
      // What had been generated one by one is fed anew at once: other kernels, so other rounding.
      expect(broken.verdict.verdict.score).toBeCloseTo(whole.verdict.verdict.score!, 4);
      expect(broken.verdict.agentAnswer).toEqual(whole.verdict.agentAnswer);
    } finally {
      await host.dispose();
    }
  });
});
