import { describe, expect, it } from 'vitest';
import { IMAGES, RUN as REPLAYED, STEPS, VERDICT } from '@agentiad/core/replay/testing.ts';
import { exemplarRecord } from '../testing/records.ts';
import { chooseExemplar, exemplarChoices, type ChoiceInput } from './compareState.ts';

const RUN = { ...REPLAYED, verdict: { ...VERDICT, exemplars: [] } };

const record = (name: string, category = 'cap') => exemplarRecord({ id: `id-${name}`, category, name, sha256: name });

const current = { run: RUN, sha256: 'part', category: 'cap' };
const input: ChoiceInput = {
  current,
  exemplars: [record('first'), record('second'), record('part'), record('other', 'board')],
  similarities: {},
};

describe('the good parts to compare with', () => {
  it('are those of the category and those the trace shows, never the part itself', () => {
    const choices = exemplarChoices(input);
    expect(choices.map(({ name }) => name)).toEqual(['first', 'second', 'good.png']);
    expect(choices[2]).toMatchObject({ libraryId: null, fetched: [4], asset: IMAGES[2]!.asset });
  });

  it('come most similar first, those of unknown similarity last', () => {
    const choices = exemplarChoices({ ...input, similarities: { second: 0.9, good: 0.95 } });
    expect(choices.map(({ name }) => name)).toEqual(['good.png', 'second', 'first']);
  });

  it('count a good part of the library once when the agent fetched it', () => {
    const exemplars = [record('good'), record('first')];
    expect(exemplarChoices({ ...input, exemplars })).toHaveLength(2);
    expect(exemplarChoices({ ...input, exemplars })[0]).toMatchObject({ libraryId: 'id-good', fetched: [4] });
  });

  it('are chosen by hand before the agent’s, the agent’s before the most similar', () => {
    const choices = exemplarChoices({ ...input, similarities: { second: 0.9, good: 0.5 } });
    expect(chooseExemplar(choices, 'first', 5)).toMatchObject({ choice: { name: 'first' }, by: 'person' });
    expect(chooseExemplar(choices, null, 5)).toMatchObject({ choice: { name: 'good.png' }, by: 'agent' });
    const unfetched = exemplarChoices({
      ...input,
      current: { ...current, run: { ...RUN, steps: STEPS.slice(0, 2) } },
      similarities: { second: 0.9 },
    });
    expect(chooseExemplar(unfetched, null, 2)).toMatchObject({ choice: { name: 'second' }, by: 'similarity' });
    expect(chooseExemplar([unfetched.at(-1)!], 'gone', 2)).toMatchObject({ by: 'order' });
    expect(chooseExemplar([], null, 2)).toBeNull();
  });

  it('follow the replay: at each turn the one fetched last', () => {
    const images = [...IMAGES, { ...IMAGES[2]!, index: 4, source: { ...IMAGES[2]!.source, sha256: 'first' } }];
    const steps = [
      ...STEPS.slice(0, 4),
      { ...STEPS[3]!, id: 's4b', observation: { ...STEPS[3]!.observation!, image: 4 } },
    ];
    const choices = exemplarChoices({ ...input, current: { ...current, run: { ...RUN, images, steps } } });
    const at = (turn: number) => chooseExemplar(choices, null, turn)?.choice.sha256;
    expect([at(2), at(4), at(5)]).toEqual(['first', 'good', 'first']);
  });
});
