/** Loads what the page ships: the default model from `models/nano/`, the feature tower from `models/tower/`. */
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import { loadModel } from '@agentiad/core/model/loadModel.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import type { FeatureTower } from '@agentiad/core/tools/difference/featureTower.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { createFetchSource } from './fetchSource.ts';
import type { LoadPhase } from './messages.ts';

export interface Models {
  readonly model: LoadedModel;
  readonly tower: FeatureTower;
}

/** `base` is the page's folder, ending in `/`. Throws a UserError when a file is missing or damaged. */
export async function loadModels(base: string, onPhase: (phase: LoadPhase) => void): Promise<Models> {
  const source = (folder: string, what: string) =>
    createFetchSource(new URL(`models/${folder}/`, base).href, (bytes) =>
      onPhase({ label: `Loading ${what}: ${(bytes / 1e6).toFixed(1)} MB`, share: null }),
    );
  const tower = await createTower(source('tower', 'what compares parts'));
  const opened = await loadModel(source('nano', 'the agent'), 'models/nano');
  onPhase({ label: 'Preparing the agent', share: null });
  const { processor, chatTemplate } = opened;
  return { model: { backbone: await createBackbone(opened), processor, chatTemplate }, tower };
}
