import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MmadRecord } from '../data/mmadQuestions.ts';
import { writeMmadQuestions } from '../data/mmadQuestions.ts';
import { makeCase } from '../trajectories/testCase.ts';
import { openMmad } from './mmad.ts';
import { sayingModel } from './testAgent.ts';
import { makeOutcome } from './testOutcome.ts';

let folder: string;
let manifest: string;
const question = { type: 'Anomaly Detection', question: 'Any defect?', options: { A: 'Yes.', B: 'No.' } } as const;
const record = (id: string, dataset: MmadRecord['dataset'], label: MmadRecord['label']): MmadRecord => ({
  id,
  key: `${dataset}/bottle/image/${label === 'normal' ? 'good' : 'broken'}/${id}.png`,
  dataset,
  category: 'bottle',
  label,
  questions: [{ ...question, answer: label === 'normal' ? 'B' : 'A' }],
  similarTemplates: ['p.png'],
  randomTemplates: ['p.png'],
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'eval-mmad-'));
  const image = sharp({ create: { width: 64, height: 64, channels: 3, background: { r: 90, g: 90, b: 90 } } });
  await image.png().toFile(path.join(folder, 'p.png'));
  manifest = path.join(folder, 'm.jsonl');
  const row = (id: string, label: string) =>
    JSON.stringify({ id, image: 'p.png', category: 'bottle', label, type: null, boxes: [], mask: null, split: 'test' });
  await writeFile(manifest, `${row('1', 'normal')}\n${row('2', 'anomalous')}\n${row('3', 'anomalous')}\n`);
  const records = [
    record('1', 'DS-MVTec', 'normal'),
    record('2', 'DS-MVTec', 'anomalous'),
    record('3', 'VisA', 'anomalous'),
  ];
  await writeMmadQuestions(path.join(folder, 'm.questions.jsonl'), records);
});
afterAll(() => rm(folder, { recursive: true }));

const outcomes = [
  makeOutcome({ id: '1' }),
  makeOutcome({ id: '2', label: 'anomalous', saysAnomalous: true }),
  makeOutcome({ id: 'another' }),
];

describe('MMAD beside a manifest', () => {
  it('is scored both ways over the evaluated images alone, read off the verdicts', async () => {
    const mmad = await openMmad(manifest, { mmadTemplates: 'random' });
    const scores = await mmad.score(
      outcomes,
      sayingModel(() => ''),
      () => {},
    );
    expect(scores).toMatchObject({ replies: 'agent', script: { questions: 2, average: 1 }, strict: { average: 1 } });
  });

  it('puts the questions to the model, with and without a known-good picture', async () => {
    for (const [mmadTemplates, pictures] of [
      ['random', 2],
      ['none', 1],
    ] as const) {
      const seen: number[] = [];
      const model = sayingModel(
        () => 'A',
        (_ids, images) => void seen.push(images),
      );
      const mmad = await openMmad(manifest, { mmad: 'ask', mmadTemplates });
      expect(await mmad.score(outcomes, model, () => {})).toMatchObject({
        replies: 'ask',
        strict: { overkill: { 'DS-MVTec': 1 }, miss: { 'DS-MVTec': 0 } },
      });
      expect(seen).toEqual([pictures, pictures]);
    }
  });

  it('tells the data sets of the benchmark apart', async () => {
    const mmad = await openMmad(manifest, { mmadTemplates: 'random' });
    expect(mmad.datasetOf(makeCase({ id: '3', source: 'mmad' }))).toBe('VisA');
    expect(mmad.datasetOf(makeCase({ id: 'elsewhere', source: 'cookies' }))).toBe('cookies');
  });

  it('is not measured where there are no questions, and refused where they were asked for', async () => {
    const none = path.join(folder, 'other.jsonl');
    const mmad = await openMmad(none, { mmadTemplates: 'random' });
    expect(
      await mmad.score(
        outcomes,
        sayingModel(() => ''),
        () => {},
      ),
    ).toBe('not measured');
    await expect(openMmad(none, { mmad: 'ask', mmadTemplates: 'random' })).rejects.toThrow(
      /no MMAD questions beside it/,
    );
  });
});
