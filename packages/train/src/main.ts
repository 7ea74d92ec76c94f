/** Entry of the `agentiad` command. */
import { runProgram } from './program.ts';

// A reader that needs no more (`agentiad inspect ... | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runProgram(process.argv.slice(2));
