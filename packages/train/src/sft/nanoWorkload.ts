/**
 * What a fine-tuning step of the shipped nano works on, for benchmarks: its weights, and demonstrations on generated parts
 * in the shares of its runs (packages/train/runs). The same at every call.
 */
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { SHIPPED_MODEL, SHIPPED_TOWER } from '../commands/options.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { openFolder } from '../host/folderSource.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { listFamilies } from '../parts/families/index.ts';
import { demonstrate } from '../trajectories/build.ts';
import { caseRandom } from '../trajectories/caseRandom.ts';
import { openRunModel } from '../trajectories/runModel.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';

const MODES: readonly Mode[] = ['full', 'full', 'cot', 'full', 'pz', 'full', 'pz+cr', 'full'];

export interface Workload {
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  readonly weights: WeightSource;
  readonly samples: readonly Trajectory[];
}

/** The feature tower runs on the active TensorFlow.js backend. */
export async function nanoWorkload(count: number): Promise<Workload> {
  const { config, processor, weights } = await loadModelFolder(SHIPPED_MODEL);
  const model = (await openRunModel({ model: { checkpoint: SHIPPED_MODEL }, work: SHIPPED_MODEL }))!;
  const tower = await createTower(openFolder(SHIPPED_TOWER));
  const match = (set: Parameters<typeof createLibraryMatch>[0]['set']) => createLibraryMatch({ tower, set });
  const cases = proceduralCases({ families: listFamilies(), split: 'train', count, seed: 1, exemplars: 2 });
  const samples: Trajectory[] = [];
  for (const [index, example] of cases.entries()) {
    const mode = MODES[index % MODES.length]!;
    samples.push((await demonstrate(example, mode, { model, match }, caseRandom(1, index))).trajectory);
  }
  tower.dispose();
  return { config, processor, weights, samples };
}
