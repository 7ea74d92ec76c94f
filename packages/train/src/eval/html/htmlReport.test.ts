import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import { paintPart, runScript, SAYS_SCRATCH } from '@agentiad/core/agent/testing.ts';
import { bad, good } from '@agentiad/core/validation/testDecisions.ts';
import { makeOutcome } from '../testOutcome.ts';
import { makeReport } from '../testReport.ts';
import type { WorstCase } from '../worstCases.ts';
import { onOneAxis } from './curves.ts';
import { renderHtmlReport } from './htmlReport.ts';
import { writeHtmlReport } from './writeHtmlReport.ts';

const outcomes = [
  makeOutcome({ ...bad(true, 0.9), id: 'a', truthType: 'dent', saidType: 'dent', iou: 0.6, unionIou: 0.6, cropIou: 0 }),
  makeOutcome({ ...bad(false, 0.3), id: 'b', truthType: 'dent', iou: 0, unionIou: 0, cropIou: 0 }),
  makeOutcome({ ...good(false, 0.2), id: 'c' }),
  makeOutcome({ ...good(true, 0.8), id: 'd', saidType: '<script>alert(1)</script>' }),
];
const document = { ...makeReport(outcomes), balancedAccuracy: 0.4 };

let worst: WorstCase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'eval-report-'));
  const { trace } = await runScript({ turns: [SAYS_SCRATCH], request: { part: paintPart(80, 60, 'a<b.png') } });
  worst = { outcome: outcomes[1]!, trace, truth: [[10, 20, 30, 40]] };
});
afterAll(() => rm(folder, { recursive: true }));

describe('the report page', () => {
  const render = () => renderHtmlReport(document, [{ worst, link: 'r.traces/01.trace.json' }], 'npx agentiad eval');

  it('loads nothing and runs nothing', () => {
    const page = render();
    expect(page).not.toMatch(/<script|<link|@import|javascript:|\son\w+=/i);
    const targets = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(targets.filter((target) => !target.startsWith('data:image/png'))).toEqual(['r.traces/01.trace.json']);
    expect([...page.matchAll(/url\(([^)]*)\)/g)].filter((match) => !match[1]!.startsWith('#'))).toEqual([]);
  });

  it('says first that a baseline beats the agent', () => {
    const text = render()
      .replace(/<style>.*?<\/style>/s, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/^.*?(?=✗|✓|!)/s, '');
    expect(text.replace(/\s+/g, ' ')).toMatch(/^✗ A baseline beats the agent/);
  });

  it('is content only when all was measured and every baseline is behind by more than chance', () => {
    const behind = { ...document, headline: 'Fine.', balancedAccuracy: 0.9, auroc: 1 };
    const { patchNN, textOnly } = document.baselines;
    const loser = {
      ...(patchNN as Exclude<typeof patchNN, string>),
      lead: { value: -0.4, ci95: [-0.5, -0.3] as const },
      auroc: 0.5,
    };
    const rest = { noTool: loser, pixelDiff: loser, patchNN: loser };
    const all = { alwaysAnomalous: loser, textOnly, ...rest };
    const standing = (baselines: typeof document.baselines) =>
      /class="headline (\w+)"/.exec(renderHtmlReport({ ...behind, baselines }, [], ''))![1];
    expect(standing(all)).toBe('ahead');
    expect(standing({ ...all, noTool: 'not measured' })).toBe('doubtful');
    expect(standing({ ...all, patchNN: { ...loser, lead: { value: -0.1, ci95: [-0.3, 0.1] } } })).toBe('doubtful');
    expect(standing({ ...all, patchNN: { ...loser, balancedAccuracy: 0.95 } })).toBe('beaten');
  });

  it('shows figures, curves, confusion, groups and what was not measured', () => {
    const page = render();
    for (const title of [
      'Against baselines',
      'ROC',
      'Precision and recall',
      'Reliability',
      'Types of defect',
      'macro',
    ]) {
      expect(page).toContain(title);
    }
    expect(page).toMatch(/noTool<small>[^<]*<\/small><\/th>\s*<td[^>]*>not measured/);
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });

  it('shows a worst case with its true box in pixels of the part', () => {
    const page = render();
    expect(page).toContain('Missed defect');
    expect(page).toMatch(/<rect\s+class="truth"\s+x="10"\s+y="20"\s+width="20"\s+height="20"/);
  });

  it('escapes what comes from outside', () => {
    expect(render()).toContain('a&#60;b.png');
  });
});

describe('writing the report', () => {
  it('puts traces that the studio accepts beside it and links them', async () => {
    const file = path.join(folder, 'my report.html');
    await writeHtmlReport(file, document, [worst], 'npx agentiad eval');
    const [name, ...others] = await readdir(path.join(folder, 'my report.traces'));
    expect(others).toEqual([]);
    const page = await readFile(file, 'utf8');
    expect(page).toContain(`href="my%20report.traces/${name}"`);
    const trace: unknown = JSON.parse(await readFile(path.join(folder, 'my report.traces', name!), 'utf8'));
    expect(checkDocument('trace', trace).ok).toBe(true);
  });

  it('leaves no traces of an earlier report', async () => {
    const file = path.join(folder, 'again.html');
    await writeHtmlReport(file, document, [worst], 'npx agentiad eval');
    await writeHtmlReport(file, document, [], 'npx agentiad eval');
    await expect(readdir(path.join(folder, 'again.traces'))).rejects.toThrow(/ENOENT/);
  });
});

describe('several curves on one axis', () => {
  it('reads each at every x, twice where it climbs straight up, and not beyond its ends', () => {
    const steps = [
      [0, 0],
      [0, 0.5],
      [1, 1],
    ] as const;
    const short = [[0.5, 0.2]] as const;
    expect(onOneAxis([steps, short])).toEqual({
      x: [0, 0, 0.5, 0.5, 1, 1],
      ys: [
        [0, 0.5, 0.75, 0.75, 1, 1],
        [null, null, 0.2, 0.2, null, null],
      ],
    });
  });
});
