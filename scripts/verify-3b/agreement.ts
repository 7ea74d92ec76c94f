/**
 * How often a converted model chooses the token that the checkpoint chose in Hugging Face transformers, each step given
 * the same tokens before it. JSON on stdout.
 *
 *     npx tsx scripts/verify-3b/agreement.ts --golden DIR --model DIR [--path model|engine] [--backend NAME]
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { engineForward } from '../../packages/core/src/engine/parityForward.ts';
import { readGoldenCase } from '../../packages/core/src/model/goldenCase.ts';
import { openModelForward } from '../../packages/core/src/model/parityForward.ts';
import { greedySteps } from '../../packages/core/src/model/parityGreedy.ts';
import { greedy } from '../../packages/core/src/model/sampler.ts';
import { backendNames, selectBackend, selectEngineBackend } from '../../packages/train/src/host/backend.ts';
import { openFolder } from '../../packages/train/src/host/folderSource.ts';
import { loadModelFolder } from '../../packages/train/src/host/loadModel.ts';

const { values } = parseArgs({
  options: {
    golden: { type: 'string' },
    model: { type: 'string' },
    path: { type: 'string', default: 'engine' },
    backend: { type: 'string', default: 'auto' },
  },
});
const backend = backendNames.find((name) => name === values.backend);
if (!values.golden || !values.model || !backend || !['model', 'engine'].includes(values.path)) {
  console.error('Use: npx tsx scripts/verify-3b/agreement.ts --golden DIR --model DIR [--path model|engine]');
  process.exit(2);
}

const isEngine = values.path === 'engine';
const host = isEngine ? await selectEngineBackend('webgpu') : await selectBackend(backend);
try {
  const { config, weights, encoded } = await loadModelFolder(values.model);
  // Values that were read back become the same codes again.
  const policy = (name: string) => encoded.tensors.get(name)!.scheme;
  const open = isEngine ? engineForward(host.gpu!.device, { policy }) : openModelForward;
  const forward = await open(config, weights);
  const source = openFolder(values.golden);
  const cases: { name: string; steps: number; agreed: number; firstMiss: number | null }[] = [];
  for (const file of readdirSync(path.join(values.golden, 'cases')).sort()) {
    if (!file.endsWith('.json')) continue;
    const name = path.basename(file, '.json');
    const golden = await readGoldenCase(source, name);
    const images = golden.grids.map((grid, index) => {
      if (index > 0) throw new Error(`${name} has several images`); // ours have one each
      return { pixelValues: Float32Array.from(golden.pixelValues!.values), grid, sha256: name };
    });
    const expected = golden.generatedIds[0]!;
    const steps = await greedySteps(forward, config, golden.inputIds[0]!, images, expected);
    const chosen = steps.map((logits) => greedy.pick(Float32Array.from(logits)));
    const misses = chosen.flatMap((id, step) => (id === expected[step] ? [] : [step]));
    cases.push({ name, steps: chosen.length, agreed: chosen.length - misses.length, firstMiss: misses[0] ?? null });
    console.error(`${name}: ${chosen.length - misses.length} of ${chosen.length}`);
  }
  forward.dispose();
  const sum = (pick: (entry: (typeof cases)[number]) => number) => cases.reduce((total, item) => total + pick(item), 0);
  const [steps, agreed] = [sum((entry) => entry.steps), sum((entry) => entry.agreed)];
  console.log(JSON.stringify({ adapter: host.adapter, path: values.path, steps, agreed, top1: agreed / steps, cases }));
} finally {
  await host.dispose();
}
