import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeOutcome } from '../eval/testOutcome.ts';
import { makeReport } from '../eval/testReport.ts';
import { SHIPPED_MODEL } from './options.ts';
import { runHere } from './testProgram.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
/** Two defects and two good parts; `hits` of the defects are found. */
const outcomes = (hits: number, prefix = 'part') =>
  [0, 1, 2, 3].map((i) => {
    const says = i < hits;
    const label = i < 2 ? ('anomalous' as const) : ('normal' as const);
    return makeOutcome({ id: `${prefix} ${i}`, label, saysAnomalous: says, score: says ? 0.9 : 0.2 });
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'eval-'));
  const write = (name: string, value: unknown) => writeFile(at(name), JSON.stringify(value));
  await write('a.json', makeReport(outcomes(1)));
  await write('b.json', makeReport(outcomes(2)));
  await write('other.json', makeReport(outcomes(2, 'board')));
  await write('verdict.json', { schema: 'agentiad-verdict/1' });
});
afterAll(() => rm(folder, { recursive: true }));

describe('agentiad eval compare', () => {
  it('prints the comparison as JSON and in words', async () => {
    const { code, stdout, stderr } = await runHere('eval', 'compare', at('a.json'), at('b.json'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'agentiad-eval-comparison/1',
      n: 4,
      onlyB: ['part 1'],
      metrics: { accuracy: { a: 0.75, b: 1 } },
    });
    expect(stderr).toContain('4 cases; both right 3, only A 0, only B 1, none 0');
  });

  it('writes to a file where one is named', async () => {
    const { code, stdout } = await runHere('eval', 'compare', at('a.json'), at('b.json'), '--out', at('c.json'));
    expect([code, stdout]).toEqual([0, '']);
    expect(JSON.parse(await readFile(at('c.json'), 'utf8'))).toMatchObject({ n: 4 });
  });

  it('refuses reports on other cases', async () => {
    const { code, stderr } = await runHere('eval', 'compare', at('a.json'), at('other.json'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/they are not of the same cases: 4 of 4 are missing.*"part 0".*Evaluate both with the same/);
  });

  it.each([
    ['missing.json', /missing\.json: there is no such file/],
    ['verdict.json', /verdict\.json: it is not an evaluation report/],
  ])('refuses %s by name', async (name, message) => {
    const { code, stderr } = await runHere('eval', 'compare', at('a.json'), at(name));
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('agentiad eval', () => {
  it('wants to know what to evaluate on', async () => {
    const { code, stderr } = await runHere('eval');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--data: is missing/);
  });

  it('says what questions it misses before it loads a model', async () => {
    const { code, stderr } = await runHere('eval', '--data', 'procedural:test', '--limit', '2', '--mmad', 'agent');
    expect(code).toBe(1);
    expect(stderr).toMatch(/procedural:test: there are no MMAD questions beside it/);
  });

  it('says in its report what was held out, and every setting that makes the report again', async () => {
    const given = ['--mode', 'cot', '--limit', '2', '--exemplars', '0', '--seed', '3', '--mmad-templates', 'none'];
    const other = ['--model', SHIPPED_MODEL, '--backend', 'wasm', '--no-baselines', '--report', at('cot.html')];
    const { code, stderr } = await runHere('eval', '--data', 'procedural:test', ...given, ...other);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const page = await readFile(at('cot.html'), 'utf8');
    for (const flag of ['--mode cot', '--seed 3', '--backend wasm', '--mmad-templates none', '--no-baselines'])
      expect(page).toContain(flag);
    expect(page).toContain('split all but train');
  }, 60_000);

  it('takes no threshold from a report on the cases under test', async () => {
    const report = makeReport(outcomes(2));
    const args = ['--data', 'procedural:test', '--limit', '2', '--validation'];
    const { openTestCases } = await import('../eval/testCases.ts');
    const [first] = await openTestCases({ data: 'procedural:test', limit: 2, seed: 0, exemplars: 5 });
    const peeked = { ...report, outcomes: [makeOutcome({ id: first!.id }), ...report.outcomes] };
    await writeFile(at('peeked.json'), JSON.stringify(peeked));
    const { code, stderr } = await runHere('eval', ...args, at('peeked.json'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/peeked\.json: 1 of its cases are under test here/);
  });
});
