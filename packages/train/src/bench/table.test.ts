import { describe, expect, it } from 'vitest';
import { compare, derived, measured, type BenchResult } from './result.ts';
import { describeResult, markdownTable, replaceTable } from './table.ts';

const result: BenchResult = {
  schema: 'agentiad-bench/1',
  name: 'n',
  created: '2026-11-21T12:00:00.000Z',
  adapter: { name: 'llvmpipe (software)', isSoftware: true, tier: 2 },
  host: { platform: 'linux x64', cpu: 'a processor', cores: 2, memory: 1 },
  versions: { agentiad: 'abc', node: '20.20.2' },
  settings: { shape: 'qwen2.5-vl-3b', budgetMinutes: 10, timing: 'wall clock', scheme: 'q4' },
  figures: [
    measured('kernel', 'decode: gemv', [2, 4, 3], 'ms', {
      rate: { value: 0.5, unit: 'GB/s', share: 0.125, ceiling: 'memory read' },
    }),
    derived('vision', 'image 448x448', 91_234, 'ms', { extrapolated: 'from one block' }),
    measured('decode', 'at context 128', [0.31], 'tokens/s'),
  ],
  comparisons: [compare({ name: 'o', peer: 'onnxruntime', ours: [4], theirs: [3], target: 1.3 })],
  tokenModel: null,
  skipped: [{ name: 'decode at 4096', reason: 'the budget of 1 minutes was spent' }],
};

describe('describeResult', () => {
  const text = describeResult(result);

  it('says what was worked out, what was missed and what was left out', () => {
    expect(text).toMatch(/image 448x448 +91\.2 s \(extrapolated\)/);
    expect(text).toMatch(/0\.75 times +target 1\.3: MISSED/);
    expect(text).toContain('left out: decode at 4096');
  });

  it('holds kernels against their ceiling', () => {
    expect(text).toContain('3 ms');
    expect(text).toContain('0.5 GB/s, 13 % of memory read');
  });
});

describe('the table of README', () => {
  const table = markdownTable([result]);

  it('has a row a result, with extrapolated figures in italics and a dash for what is missing', () => {
    const row = table.split('\n')[2]!;
    expect(row).toBe('| llvmpipe (software), qwen2.5-vl-3b q4 | *91.2 s* | – | – | – | 0.31 tokens/s | – | – |');
  });

  it('replaces what stands between the markers and nothing else', () => {
    const document = 'before\n<!-- bench table: begin -->\nold\n<!-- bench table: end -->\nafter\n';
    const written = replaceTable(document, table, 'README.md');
    expect(written.startsWith('before\n')).toBe(true);
    expect(written.endsWith('after\n')).toBe(true);
    expect(written).not.toContain('old');
    expect(replaceTable(written, table, 'README.md')).toBe(written);
  });

  it('names the markers when they are missing', () => {
    expect(() => replaceTable('nothing', table, 'README.md')).toThrow('bench table: begin');
  });
});
