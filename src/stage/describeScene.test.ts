import { sceneAt } from '@agentiad/core/replay/scene.ts';
import { PART, RUN } from '@agentiad/core/replay/testing.ts';
import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import { describeScene } from './describeScene.ts';

describe('the stage in a sentence', () => {
  it('says where the map that lies over the part peaks', () => {
    const scene = sceneAt(RUN, 1, PART);
    const t = i18next.getFixedT('en', 'stage');
    const map = { ...scene.evidence!, peak: [24.6, 40.2] } as const;
    const current = { name: 'part.png', size: PART };
    expect(describeScene(current, scene, map, t)).toContain('differs most at pixel 24, 40');
    expect(describeScene(current, scene, null, t)).not.toContain('differs most');
  });
});
