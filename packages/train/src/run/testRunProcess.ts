/** Process of the kill test: takes steps of the toy run in the folder it is given until it is killed or interrupted. */
import { listenForInterrupt } from './interrupt.ts';
import { resumeToy, toyStep } from './testRun.ts';

const [folder, size] = process.argv.slice(2);
const { run, toy } = await resumeToy(folder!, Number(size));
const interrupt = listenForInterrupt((text) => process.stdout.write(`${text}\n`));
while (!interrupt.isRequested) {
  await toyStep(run, toy);
  process.stdout.write(`taken ${toy.step}\n`);
}
process.stdout.write(`step ${toy.step}\n`);
interrupt.dispose();
await run.close();
