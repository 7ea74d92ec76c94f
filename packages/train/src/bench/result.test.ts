import { describe, expect, it } from 'vitest';
import { benchProblems, checkedResult, compare, derived, measured, type BenchResult } from './result.ts';

const result: BenchResult = {
  schema: 'agentiad-bench/1',
  name: 'qwen2.5-vl-3b-20261121T1200',
  created: '2026-11-21T12:00:00.000Z',
  adapter: { name: 'NVIDIA H200', isSoftware: false, tier: 2 },
  host: { platform: 'linux x64', cpu: 'a processor', cores: 16, memory: 1 },
  versions: { agentiad: 'abc', node: '20.20.2' },
  settings: { shape: 'qwen2.5-vl-3b', budgetMinutes: 10, timing: 'gpu timestamps', scheme: 'q4' },
  figures: [
    measured('decode', 'at context 128', [150, 170, 160], 'tokens/s'),
    derived('vision', 'image 448x448', 900, 'ms', { extrapolated: 'from one block' }),
  ],
  comparisons: [compare({ name: 'o', peer: 'onnxruntime', ours: [2, 1, 4], theirs: [3, 8, 3], target: 1.3 })],
  tokenModel: null,
  skipped: [{ name: 'vision 896x896', reason: 'the budget was spent' }],
};

describe('benchmark results', () => {
  it('fit the schema they are published with', () => {
    expect(benchProblems(JSON.parse(JSON.stringify(result)))).toEqual([]);
  });

  it('name what does not fit it', () => {
    const broken = { ...result, adapter: { ...result.adapter, tier: 7 }, extra: 1 };
    expect(benchProblems(broken).join('\n')).toMatch(/additional.*\/adapter\/tier/s);
    expect(() => checkedResult({ ...result, created: 'yesterday' })).toThrow('/created');
  });

  it('hold the median of their raw values', () => {
    expect(result.figures[0]!.value).toBe(160);
    expect(result.figures[0]!.samples).toEqual([150, 170, 160]);
  });

  it('are above 1 where this project is faster', () => {
    expect(result.comparisons[0]!.ratio).toBe(1.5);
  });
});
