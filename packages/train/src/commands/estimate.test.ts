import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../run/config.ts';
import { runHere } from './testProgram.ts';

const NANO = path.join(REPOSITORY, 'packages/train/runs/nano-2.json');

describe('agentiad estimate', () => {
  it('tells of a 3B run on a given speed that it needs another machine', async () => {
    const flags = ['--shape', 'qwen2.5-vl-3b', '--tokens', '4096', '--tflops', '10', '--memory', '24'];
    const { code, stdout } = await runHere('estimate', '--config', NANO, ...flags);
    expect(code).toBe(0);
    expect(stdout).toMatch(/sft: all weights, 3\.75 B trained values/);
    expect(stdout).toMatch(/! sft needs .* on the device, which has 24\.0 GB/);
    expect(stdout).toMatch(/one inspection: \d{5} GFLOP/);
    expect(stdout).toMatch(/more than a day/);
    expect(stdout).toMatch(/A larger engine for it: ms-swift/);
  });

  it('measures the speed itself and gives numbers for programs', async () => {
    const { code, stdout } = await runHere(
      'estimate',
      '--config',
      NANO,
      '--tokens',
      '64',
      '--backend',
      'cpu',
      '--json',
    );
    expect(code).toBe(0);
    const { speed, stages, inspection } = JSON.parse(stdout) as {
      inspection: { typical: number; longest: number };
      speed: { rate: number; source: string };
      stages: { flop: number; hours: number }[];
    };
    expect(speed.source).toMatch(/measured in products of \[64, 96\]/);
    // Two operations for each weight and token at least, and the 6 GFLOP that nano may cost.
    expect(inspection.typical).toBeGreaterThan(2 * 64 * 3e5);
    expect(inspection.typical).toBeLessThan(6e9);
    expect(stages[0]!.hours).toBeCloseTo(stages[0]!.flop / speed.rate / 3600, 9);
  });

  it('refuses a speed that is none, and names a configuration that is not there', async () => {
    expect(await runHere('estimate', '--config', NANO, '--tflops', '0')).toMatchObject({ code: 2 });
    const { code, stderr } = await runHere('estimate', '--config', 'nowhere.json');
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere.json');
  });
});
