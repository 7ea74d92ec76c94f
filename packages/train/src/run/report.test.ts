import { describe, expect, it } from 'vitest';
import { lineChart } from './chart.ts';
import { curvesOf } from './curves.ts';
import type { MetricsRecord } from './metrics.ts';
import { encodeMetrics, parseMetrics } from './metrics.ts';
import { createRecord } from './record.ts';
import { renderReport } from './report.ts';

const records: MetricsRecord[] = Array.from({ length: 100 }, (_, index) => ({
  step: index + 1,
  phase: 'grpo',
  loss: 1 / (index + 1),
  reward: index / 100,
  'reward.accuracy': 0.5,
  'reward.iou': index === 7 ? null : 0.25,
  cropRate: 0.75,
  learningRate: 1e-6,
  norm: 3,
}));

const started = { at: '2026-01-01T00:00:00Z', device: 'cpu', versions: { node: '20' }, git: null };

describe('curves', () => {
  it('gathers loss, reward, components and tool rates under their headings', () => {
    const titles = curvesOf(records).map(({ title, series }) => [title, [...new Set(series.map(({ name }) => name))]]);
    expect(titles).toEqual([
      ['Loss', ['loss']],
      ['Reward', ['reward']],
      ['Reward by component', ['reward.accuracy', 'reward.iou']],
      ['Tool use', ['cropRate']],
      ['Gradient norm', ['norm']],
      ['Learning rate', ['learningRate']],
    ]);
  });

  it('leaves a gap where a value is missing, and a constant constant', () => {
    const [accuracy, iou] = curvesOf(records)[2]!.series;
    expect(iou!.y[7]).toBeNull();
    expect(new Set(accuracy!.y)).toEqual(new Set([0.5]));
  });

  it('draws a long run with few points, of the same mean', () => {
    const long = Array.from({ length: 9000 }, (_, index) => ({ step: index + 1, loss: index }));
    const [raw] = curvesOf(long)[0]!.series;
    expect(raw!.y.length).toBeLessThanOrEqual(600);
    expect(raw!.y.reduce<number>((sum, value) => sum + value!, 0) / raw!.y.length).toBeCloseTo(4499.5, 6);
  });

  it('reads back what was written, without half a line', () => {
    const text = records.map(encodeMetrics).join('');
    expect(parseMetrics(`${text}{"step":1`)).toEqual(records);
    expect(parseMetrics(encodeMetrics({ step: 1, loss: NaN }))).toEqual([{ step: 1, loss: null }]);
  });
});

describe('lineChart', () => {
  it('is one SVG with the title, a path for every series and a gap as a break in its path', () => {
    const svg = lineChart({ title: 'Loss', x: [1, 2, 3, 4, 5], series: [{ name: 'a', y: [1, 2, null, 2, 3] }] });
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>$/);
    expect(svg).toContain('>Loss<');
    const line = /d="([^"]+)" fill="none" [^>]*stroke="#0072b2"/.exec(svg)![1]!;
    expect(line.match(/M/g)).toHaveLength(2);
  });
});

describe('renderReport', () => {
  it('stands alone: no script, no link, nothing fetched; texts are escaped', () => {
    const config = { name: '<b>nano</b>', sft: { steps: 3 } };
    const html = renderReport(createRecord({ command: 'sft', config }, started), records);
    expect(html).toContain('&#60;b&#62;nano');
    expect(html).not.toMatch(/<script|<link|<img|<b>|src=|href=|url\((?!#)/);
    expect(html.match(/<svg/g)).toHaveLength(6);
  });

  it('says so when nothing has been measured yet', () => {
    const record = createRecord({ command: 'sft', config: { name: 'a' } }, started);
    expect(renderReport(record, [])).toContain('No step was finished yet');
  });
});
