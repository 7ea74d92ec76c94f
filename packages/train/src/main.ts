/** Entry of the `agentiad` command. Exit codes: 0 success, 1 failed work, 2 wrong usage (design §5). */
import { Command, CommanderError } from 'commander';
import { UserError } from '@agentiad/core/support/userError.ts';
import { COMMANDS } from './commands/index.ts';
import { UsageError } from './commands/usageError.ts';

const program = new Command('agentiad')
  .description('An inspection agent that looks, zooms, compares with known-good parts and decides.')
  .showHelpAfterError('(see --help)')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

for (const register of COMMANDS) register(program);
for (const command of program.commands) command.exitOverride().showHelpAfterError('(see --help)');

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `agentiad stopped on an unexpected error: ${message}\nPlease report it with the command you ran.\n`,
  );
  if (process.env['AGENTIAD_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
