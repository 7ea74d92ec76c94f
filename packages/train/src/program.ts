/** The `agentiad` program: its commands, and how errors become messages and exit codes (design §5). */
import { Command, CommanderError } from 'commander';
import { UserError } from '@agentiad/core/support/userError.ts';
import { COMMANDS } from './commands/index.ts';
import { UsageError } from './commands/usageError.ts';

/**
 * Runs one command line (without `node` and the script). Resolves to the exit code: 0 success, 1 failed work, 2 wrong
 * usage. Never rejects: an error is told on standard error, without its stack.
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const program = new Command('agentiad')
    .description('An inspection agent that looks, zooms, compares with known-good parts and decides.')
    .showHelpAfterError('(see --help)')
    .exitOverride();
  for (const register of COMMANDS) register(program);
  process.exitCode = 0;
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return reportError(error);
  }
  return Number(process.exitCode);
}

/** Tells an error on standard error, without its stack; the exit code. */
export function reportError(error: unknown): number {
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
