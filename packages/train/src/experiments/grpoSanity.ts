/**
 * The learning sanity of GRPO on several seeds: a policy that seldom looks learns to. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/grpoSanity.ts [--seeds 1,2,3] [--backend wasm]
 *
 * Prints a Markdown table; exit 1 when a seed does not go from below 0.6 to above 0.9.
 */
import { parseArgs } from 'node:util';
import { runLookTask } from '../grpo/toy/lookRun.ts';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1,2,3' }, backend: { type: 'string', default: 'wasm' } },
});
const selected = await selectBackend(values.backend as BackendName);
console.log(`On ${selected.adapter}:\n\n| seed | success before | after | steps | looks before | after | seconds |`);
console.log('|---|---|---|---|---|---|---|');
for (const seed of values.seeds.split(',').map(Number)) {
  const started = performance.now();
  const result = await runLookTask(seed, ({ step, figures }) =>
    process.stderr.write(
      `seed ${seed} step ${step}: right ${figures['accuracy']?.toFixed(2)}, looks ${figures['cropRate']?.toFixed(2)}, ` +
        `reward ${figures['reward']?.toFixed(3)}, ${figures['zeroAdvantageGroups']} flat groups\n`,
    ),
  );
  const { before, after, steps, looksBefore, looksAfter } = result;
  const seconds = (performance.now() - started) / 1000;
  const cells = [before, after, steps, looksBefore, looksAfter, seconds].map((value) => Number(value.toFixed(2)));
  console.log(`| ${seed} | ${cells.join(' | ')} |`);
  if (!(before < 0.6 && after > 0.9)) process.exitCode = 1;
}
await selected.dispose();
