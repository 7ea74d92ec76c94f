import { describe, expect, it } from 'vitest';
import { runHere } from './commands/testProgram.ts';

describe('agentiad', () => {
  it.each([
    [[], 'inspect'],
    [['inspect'], '--library'],
    [['parity'], 'golden folders'],
    [['data'], 'check'],
    [['data', 'build'], '--shard'],
    [['data', 'check'], '--limit'],
    [['samples'], '--out'],
    [['sft'], '--resume'],
    [['eval'], '--baselines'],
  ])('%j explains itself with --help', async (command, word) => {
    const { code, stdout } = await runHere(...command, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: agentiad');
    expect(stdout).toContain(word);
  });

  it('shows its commands, and fails, when none is given', async () => {
    const { code, stdout, stderr } = await runHere();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('inspect');
  });

  it('names a command that it does not have', async () => {
    expect(await runHere('inspekt')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/unknown command 'inspekt'[\s\S]*inspect/),
    });
  });
});
