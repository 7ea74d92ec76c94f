/** Process of the kill test: takes steps of the toy run in the folder it is given until it is killed. */
import { resumeToy, toyStep } from './testRun.ts';

const [folder, size] = process.argv.slice(2);
const { run, toy } = await resumeToy(folder!, Number(size));
process.stdout.write('running\n');
for (;;) await toyStep(run, toy);
