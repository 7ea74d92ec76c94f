import { describe, expect, it } from 'vitest';
import { paintRaster } from '@agentiad/core/tools/testing.ts';
import type { MmadQuestion, MmadRecord } from '../data/mmadQuestions.ts';
import { askModel, questionContent, repliesOfAgent } from './mmadReplies.ts';
import { scoreStrictly } from './mmadScore.ts';
import { sayingModel } from './testAgent.ts';
import { makeOutcome } from './testOutcome.ts';

const detection: MmadQuestion = {
  type: 'Anomaly Detection',
  question: 'Is there any defect in the object?',
  options: { A: 'No.', B: 'Yes.' },
  answer: 'B',
};
const classification: MmadQuestion = {
  type: 'Defect Classification',
  question: 'Which defect is it?',
  options: { A: 'Broken large.', B: 'Contamination.' },
  answer: 'A',
};
const where: MmadQuestion = { ...classification, type: 'Defect Localization', options: { A: 'left', B: 'right' } };
const record: MmadRecord = {
  id: 'bottle/1',
  key: 'DS-MVTec/bottle/image/broken_large/000.png',
  dataset: 'DS-MVTec',
  category: 'bottle',
  label: 'anomalous',
  questions: [detection, classification, where],
  similarTemplates: [],
  randomTemplates: [],
};
const outcome = makeOutcome({ id: 'bottle/1', label: 'anomalous', saysAnomalous: true, saidType: 'broken_large' });

describe("MMAD replies read off the agent's verdict", () => {
  it('finds the option that says what the agent said, in whatever order', () => {
    const replies = repliesOfAgent([record], [outcome]);
    expect(replies.map(({ type, reply }) => [type, reply])).toEqual([
      ['Anomaly Detection', 'B'],
      ['Defect Classification', 'A'],
    ]);
    expect(scoreStrictly(replies).perType).toMatchObject({ 'Defect Classification': 1 });
  });

  it('replies with its own word where no option says it, and with nothing where it had no answer', () => {
    const named = repliesOfAgent([record], [{ ...outcome, saidType: 'dent' }]);
    expect(named[1]!.reply).toBe('dent');
    const silent = repliesOfAgent([record], [{ ...outcome, saysAnomalous: null, saidType: null }]);
    expect(silent.map(({ reply }) => reply)).toEqual([null, null]);
  });

  it('leaves out images that were not evaluated', () => {
    expect(repliesOfAgent([record], [{ ...outcome, id: 'another' }])).toEqual([]);
  });
});

describe('MMAD questions put to the model', () => {
  it('asks each question with the known-good picture first, pictures numbered', () => {
    const content = questionContent(detection, 1);
    expect(content.map((part) => (part.type === 'image' ? '<image>' : part.text)).join('')).toMatch(
      /known-good sample.*Picture 1: <image>The query picture: Picture 2: <image>Question: Is there any.*\nA\. No\.\nB\. Yes\.\n$/s,
    );
    expect(questionContent(detection, 0).filter(({ type }) => type === 'image')).toHaveLength(1);
  });

  it('keeps what the model says, word for word, for every question', async () => {
    const asked: number[] = [];
    const model = sayingModel(
      () => 'The answer is B.',
      (_ids, images) => void asked.push(images),
    );
    const images = { part: paintRaster(120, 90), templates: [paintRaster(120, 90)] };
    const replies = await askModel([record], () => Promise.resolve(images), model);
    expect(replies.map(({ reply, correct }) => [reply, correct])).toEqual([
      ['The answer is B.', 'B'],
      ['The answer is B.', 'A'],
      ['The answer is B.', 'A'],
    ]);
    expect(asked).toEqual([2, 2, 2]);
  });
});
