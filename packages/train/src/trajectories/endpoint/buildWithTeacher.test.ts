import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { paintPart } from '@agentiad/core/agent/testing.ts';
import { decodePng } from '@agentiad/core/image/png.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fakeMatch } from '@agentiad/core/tools/testing.ts';
import type { LabelledCase } from '../../data/labelledCase.ts';
import { readTrajectories } from '../store.ts';
import { GOOD, makeCase, tinyModel } from '../testCase.ts';
import type { Trajectory } from '../trajectory.ts';
import type { TeacherBuildOptions } from './buildWithTeacher.ts';
import { buildWithTeacher } from './buildWithTeacher.ts';
import type { MockServer, Reply, SeenRequest } from './mockServer.ts';
import { imagesOf, startMockServer, textOf } from './mockServer.ts';
import type { StepName } from './reasoningSteps.ts';
import type { TeacherConfig } from './teacherConfig.ts';
import { TEACHER_DEFAULTS } from './teacherConfig.ts';

const { tokenizer } = tinyModel.backbone;
const PERCEIVE = 'One spot of the surface catches the light in another way. It deserves a closer look.';
const DOUBT = 'The close view shows a line, but it may belong to the pattern. I want to see a known-good part.';
/** Around the defect of `makeCase`, so that good and bad parts are looked at in the same place. */
const REGION = '[0.18, 0.50, 0.44, 0.75]';
const BAD_ANSWER =
  '<think>The line breaks the pattern.</think><answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": ["a thin line"]}</answer>';
const GOOD_ANSWER =
  '<think>The line belongs to the pattern.</think><answer>{"anomaly_present": false, "top_anomaly": "none", "visual_descriptions": []}</answer>';

/** Which step a request asks for, by its own words. */
function stepOf(request: SeenRequest): StepName | 'judge' {
  const text = textOf(request);
  if (text.includes('You judge')) return 'judge';
  if (text.includes('Choose the one region')) return 'region';
  if (text.includes('why that region')) return 'perceive';
  if (text.includes('does not settle it')) return 'doubt';
  return text.includes('shows a known-good part') ? 'compare' : 'look';
}

/** A teacher that does what it is asked. */
function obey(request: SeenRequest): Reply {
  const isBad = textOf(request).includes('the part is ABNORMAL');
  const answer = isBad ? BAD_ANSWER : GOOD_ANSWER;
  return {
    region: REGION,
    perceive: PERCEIVE,
    doubt: DOUBT,
    look: answer,
    compare: answer,
    judge: '{"score": 8, "reason": "to the point"}',
  }[stepOf(request)];
}

const clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of clean.splice(0)) await step();
});

async function setUp(reply: (request: SeenRequest, index: number) => Reply = obey) {
  const server = await startMockServer(reply);
  const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-teacher-'));
  clean.push(
    () => server.close(),
    () => rm(root, { recursive: true }),
  );
  const said: string[] = [];
  const folder = path.join(root, 'store');
  const run = async (
    cases: readonly [LabelledCase, Mode][],
    changes: Partial<TeacherConfig> = {},
    options: Partial<TeacherBuildOptions> = {},
  ) => {
    const config: TeacherConfig = {
      ...TEACHER_DEFAULTS,
      baseUrl: server.baseUrl,
      model: 'teacher-model',
      apiKeyEnv: null,
      prices: { currency: 'USD', promptPerMillion: 2, completionPerMillion: 10 },
      requestsPerMinute: 60_000,
      firstDelaySeconds: 0.01,
      retries: 1,
      concurrency: 1,
      ...changes,
    };
    return buildWithTeacher({
      jobs: cases.map(([example, mode]) => ({ example, mode, random: () => createRandom(5) })),
      folder,
      cacheFolder: path.join(root, 'cache'),
      config,
      apiKey: 'none',
      deps: { model: tinyModel, match: fakeMatch },
      run: { name: 'test' },
      say: (text) => void said.push(text),
      ...options,
    });
  };
  return { server, folder, root, said, run };
}

function turnsOf({ ids, segments }: Trajectory): string[] {
  return segments
    .filter(({ kind }) => kind === 'model')
    .map(({ from, to }) => tokenizer.decode(ids.slice(from, to)).replace(/<\|im_end\|>$/, ''));
}

const bad = makeCase({ id: 'bad' });
const good = makeCase({ ...GOOD, id: 'good' });
const ask = ({ requests }: MockServer) => requests.map(stepOf);

describe('a perceptive trajectory', () => {
  it('is why to look closer with the call, then what the close view shows with the answer', async () => {
    const { server, folder, run } = await setUp();
    expect(await run([[bad, 'pz']])).toMatchObject({ written: 1, kept: 0, dropped: [] });
    const [trajectory] = await readTrajectories(folder);
    expect(turnsOf(trajectory!)).toEqual([
      `${PERCEIVE}\n\nI zoom in to look closer.\n<tool_call>\n{"name": "crop_image_normalized", "arguments": {"bbox_2d": ${REGION}, "target_image": 1}}\n</tool_call>`,
      BAD_ANSWER,
    ]);
    expect(ask(server)).toEqual(['perceive', 'look']);
    expect(trajectory!.calls).toMatchObject([{ turn: 2, name: 'crop_image_normalized', ok: true }]);
  });

  it('of a part without a marked defect looks where the teacher wants to', async () => {
    const { server, folder, run } = await setUp();
    await run([[good, 'pz']]);
    expect(ask(server)).toEqual(['region', 'perceive', 'look']);
    expect(server.requests.map(({ body }) => body.temperature)).toEqual([0.3, 0.7, 0.7]);
    const [trajectory] = await readTrajectories(folder);
    expect(turnsOf(trajectory!)[0]).toContain(REGION);
  });
});

describe('a comparative trajectory', () => {
  it('doubts, asks for a known-good part, and concludes from the comparison', async () => {
    const { server, folder, run } = await setUp();
    await run([[bad, 'pz+cr']]);
    expect(ask(server)).toEqual(['perceive', 'doubt', 'compare']);
    const [trajectory] = await readTrajectories(folder);
    const turns = turnsOf(trajectory!);
    expect(turns[1]).toBe(`${DOUBT}\n<tool_call>\n{"name": "query_image", "arguments": {}}\n</tool_call>`);
    expect(turns[2]).toBe(BAD_ANSWER);
    expect(trajectory!.images).toHaveLength(3);
  });
});

describe('what is sent', () => {
  it('has the images as the student sees them, and in each step those of the specification', async () => {
    const { server, folder, run } = await setUp();
    await run([[good, 'pz+cr']]);
    expect(ask(server).map((step, index) => [step, imagesOf(server.requests[index]!).length])).toEqual([
      ['region', 1],
      ['perceive', 2],
      ['doubt', 0],
      ['compare', 3],
    ]);
    const [trajectory] = await readTrajectories(folder);
    const seen = imagesOf(server.requests[3]!).map((url) => {
      const [head, data] = url.split(',');
      expect(head).toBe('data:image/png;base64');
      return decodePng(Buffer.from(data!, 'base64'));
    });
    expect(seen.map(({ data }) => [...data])).toEqual(trajectory!.images.map(({ data }) => [...data]));
  });

  it('carries the truth where the specification says so, and nowhere else', async () => {
    const { server, run } = await setUp();
    await run([
      [bad, 'pz+cr'],
      [good, 'pz'],
    ]);
    const hints = server.requests.map((request) => {
      const hint = /Private, for you alone: ([^.]*(?:\.\d+[^.]*)*)\./.exec(textOf(request))?.[1] ?? null;
      return [stepOf(request), hint];
    });
    expect(hints).toEqual([
      ['perceive', `the part is ABNORMAL; the defect type is "scratch"; the region is ${REGION}`],
      ['doubt', null],
      ['compare', 'the part is ABNORMAL; the defect type is "scratch"'],
      ['region', null],
      ['perceive', `the part is NORMAL; the region is ${REGION}`],
      ['look', 'the part is NORMAL'],
    ]);
  });

  it('is said, with its cost, before the first request', async () => {
    const before: string[][] = [];
    const { said, run } = await setUp((request) => {
      before.push([...said]);
      return obey(request);
    });
    await run([[bad, 'pz']]);
    const text = before[0]!.join('\n');
    expect(text).toMatch(/Teacher: teacher-model at http:\/\/127\.0\.0\.1/);
    expect(text).toMatch(/Sent to it, for 1 cases: the part, its close view/);
    expect(text).toMatch(/About 2 requests, \d+ \+ 300 tokens, 0\.\d{4} USD \(at most/);
    expect(said.at(-1)).toContain(
      '2 requests (0 more from the cache, 0 attempts repeated), 2000 + 200 tokens, 0.0060 USD',
    );
  });

  it('is nothing when only the estimate is wanted', async () => {
    const { server, said, folder, run } = await setUp();
    await run([[bad, 'pz']], {}, { estimateOnly: true });
    expect(server.requests).toHaveLength(0);
    expect(said.join('\n')).toMatch(/About 2 requests[^]*Nothing was sent\./);
    await expect(readTrajectories(folder)).rejects.toMatchObject({ code: 'trajectories-missing' });
  });
});

describe('the truth never appears in the record', () => {
  it('no word of the hint is in its tokens', async () => {
    const { server, folder, run } = await setUp();
    await run([
      [bad, 'pz+cr'],
      [good, 'pz+cr'],
    ]);
    const told = server.requests.flatMap((request) => /Private[^\n]*/.exec(textOf(request)) ?? []);
    expect(told).toHaveLength(4);
    for (const { ids } of await readTrajectories(folder)) {
      const text = tokenizer.decode(ids);
      for (const words of ['Private', 'ABNORMAL', 'NORMAL', 'you were told', 'the defect type is']) {
        expect(told.join()).toContain(words);
        expect(text).not.toContain(words);
      }
    }
  });

  it('good and bad parts differ in the answer turn only, when the teacher says the same before it', async () => {
    const { folder, run } = await setUp();
    await run([
      [bad, 'pz+cr'],
      [good, 'pz+cr'],
    ]);
    const [first, second] = await readTrajectories(folder);
    const answer = first!.segments.findLast(({ kind }) => kind === 'model')!;
    expect(second!.ids.slice(0, answer.from)).toEqual(first!.ids.slice(0, answer.from));
    expect(second!.ids).not.toEqual(first!.ids);
  });
});

describe('an unusable output', () => {
  it('goes back with the error, and only the repaired one is recorded', async () => {
    let looks = 0;
    const { server, folder, run } = await setUp((request) => {
      if (stepOf(request) !== 'look') return obey(request);
      return looks++ === 0 ? GOOD_ANSWER : BAD_ANSWER;
    });
    await run([[bad, 'pz']]);
    const repair = server.requests.at(-1)!.body.messages;
    expect(repair.slice(-2)).toEqual([
      { role: 'assistant', content: GOOD_ANSWER },
      {
        role: 'user',
        content: 'That cannot be used. "anomaly_present" must be true. Write the whole output again.',
      },
    ]);
    const [trajectory] = await readTrajectories(folder);
    expect(turnsOf(trajectory!).at(-1)).toBe(BAD_ANSWER);
    expect(tokenizer.decode(trajectory!.ids)).not.toContain('That cannot be used');
  });

  it('that stays unusable drops the case, by name and reason; the others are kept', async () => {
    const { server, folder, said, run } = await setUp((request) => {
      if (stepOf(request) === 'look' && textOf(request).includes('ABNORMAL')) return 'It is scratched.';
      return obey(request);
    });
    const summary = await run(
      [
        [bad, 'pz'],
        [good, 'pz'],
      ],
      { repairs: 2 },
    );
    expect(summary).toMatchObject({ written: 1, dropped: [{ id: 'bad/pz' }] });
    expect(summary.dropped[0]!.problems[0]).toContain('look: The form is <think>');
    expect(ask(server).filter((step) => step === 'look')).toHaveLength(4);
    expect(said.join('\n')).toContain('bad/pz is left out: look:');
    expect((await readTrajectories(folder)).map(({ id }) => id)).toEqual(['good/pz']);
    const log = (await readFile(path.join(folder, 'teacher.jsonl'), 'utf8')).trim().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { kept: boolean }).kept)).toEqual([false, true]);
  });

  it('of every case is an error that names the model', async () => {
    const { run } = await setUp(() => 'no');
    await expect(run([[bad, 'pz']])).rejects.toMatchObject({
      code: 'teacher-nothing-usable',
      subject: 'teacher-model',
    });
  });
});

describe('the best of several', () => {
  const scores: Readonly<Record<number, number>> = { 0: 4, 1: 9, 2: 7 };
  const varied = (request: SeenRequest): Reply => {
    const { seed } = request.body;
    if (stepOf(request) === 'judge') return `{"score": ${scores[seed]}, "reason": "number ${seed}"}`;
    return stepOf(request) === 'perceive' ? `${PERCEIVE} (${seed})` : obey(request);
  };

  it('by the score of the judge is kept', async () => {
    const { server, folder, run } = await setUp(varied);
    await run([[bad, 'pz']], { candidates: 3, judge: { model: 'judge-model', minimumScore: 5 } });
    const [trajectory] = await readTrajectories(folder);
    expect(turnsOf(trajectory!)[0]).toContain(`${PERCEIVE} (1)`);
    const judged = server.requests.filter((request) => stepOf(request) === 'judge');
    expect(judged.map(({ body }) => [body.model, body.temperature])).toEqual(Array(3).fill(['judge-model', 0]));
    expect(textOf(judged[0]!)).toContain(BAD_ANSWER);
    const log = JSON.parse(await readFile(path.join(folder, 'teacher.jsonl'), 'utf8')) as object;
    expect(log).toMatchObject({
      id: 'bad/pz',
      kept: true,
      candidates: [
        { seed: 0, score: 4, problem: 'the judge gave 4 of 10: number 0' },
        { seed: 1, score: 9, problem: null },
        { seed: 2, score: 7, problem: null },
      ],
    });
  });

  it('is not kept when even it is worse than the least score', async () => {
    const { run } = await setUp(varied);
    const built = run([[bad, 'pz']], { candidates: 3, judge: { model: 'judge-model', minimumScore: 9.5 } });
    await expect(built).rejects.toMatchObject({ code: 'teacher-nothing-usable' });
  });

  it('without a judge is the first usable one', async () => {
    const { server, folder, run } = await setUp((request) => (request.body.seed === 0 ? 'no' : varied(request)));
    await run([[bad, 'pz']], { candidates: 2, repairs: 0 });
    expect(turnsOf((await readTrajectories(folder))[0]!)[0]).toContain(`${PERCEIVE} (1)`);
    expect(ask(server)).not.toContain('judge');
  });
});

describe('a run that broke off', () => {
  const cases = ['a', 'b', 'c', 'd'].map((id, index): [LabelledCase, Mode] => [
    makeCase({ ...(index % 2 ? GOOD : {}), id, part: () => Promise.resolve(paintPart(160 + 28 * index, 120)) }),
    'pz',
  ]);
  const files = ['trajectories.jsonl', 'images.rgb', 'store.json'];

  it('is gone on with: nothing is asked twice, and the store ends as if nothing had happened', async () => {
    const whole = await setUp();
    await whole.run(cases);
    const count = whole.server.requests.length;

    let isDown = true;
    const broken = await setUp((request, index) => (isDown && index >= 6 ? { status: 401 } : obey(request)));
    await expect(broken.run(cases)).rejects.toMatchObject({ code: 'teacher-refused' });
    expect((await readTrajectories(broken.folder)).map(({ id }) => id)).toEqual(['a/pz', 'b/pz']);
    isDown = false;
    const summary = await broken.run(cases);
    expect(summary).toMatchObject({ written: 2, kept: 2 });
    expect(broken.server.requests).toHaveLength(count + 1);
    for (const file of files.slice(0, 2)) {
      expect(await readFile(path.join(broken.folder, file))).toEqual(await readFile(path.join(whole.folder, file)));
    }
  });

  it('is not mixed with another teacher', async () => {
    const { run } = await setUp();
    await run(cases.slice(0, 1));
    await expect(run(cases, { model: 'another' })).rejects.toMatchObject({ code: 'trajectories-of-another-maker' });
  });

  it('writes the same store whatever the number of requests under way', async () => {
    const [one, four] = [await setUp(), await setUp()];
    await one.run(cases);
    await four.run(cases, { concurrency: 4 });
    for (const file of files.slice(0, 2)) {
      expect(await readFile(path.join(four.folder, file))).toEqual(await readFile(path.join(one.folder, file)));
    }
  });
});

describe('with Library match', () => {
  it('the script says what follows from its numbers, the teacher only doubts and concludes', async () => {
    const { server, folder, run } = await setUp();
    await run([[bad, 'full']]);
    const [trajectory] = await readTrajectories(folder);
    expect(turnsOf(trajectory!)[0]).toContain('I compare the part with known-good parts.');
    expect(turnsOf(trajectory!).at(-1)).toBe(BAD_ANSWER);
    expect(ask(server)).not.toContain('perceive');
  });
});
