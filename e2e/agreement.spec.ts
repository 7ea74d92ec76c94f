/** The page and the command line come to the same verdict: same tool calls, same label, score within 0.02. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import type { Page } from '@playwright/test';
import { checkDocument } from '../packages/core/src/protocol/schema.ts';
import type { Verdict } from '../packages/core/src/protocol/verdict.ts';
import {
  addGoodParts,
  chooseFiles,
  expect,
  expectVerdict,
  openStudio,
  readDownload,
  SAMPLES,
  samplePath,
  test,
  type Sample,
} from './studio.ts';

const ALIENS = path.resolve('../shared/data/aliens');
/** One per category, good and defective. */
const CHOSEN = ['blister-empty.jpg', 'flange-good.jpg', 'board-bridge.jpg', 'cap-good.jpg'];

function verdictOf(value: unknown): Verdict {
  const checked = checkDocument('verdict', value);
  expect(checked).toMatchObject({ ok: true });
  return (checked as { value: Verdict }).value;
}

/** Verdicts of the command line on WebAssembly, in the order of `images`. */
async function byCommand(library: string, sample: Pick<Sample, 'category' | 'types'>, images: readonly string[]) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...['packages/train/bin/agentiad.mjs', 'inspect', ...images, '--library', library],
      ...['--category', sample.category, '--types', sample.types.join(','), '--json', '-', '--backend', 'wasm'],
    ],
    { maxBuffer: 1e8 },
  );
  const texts = images.length === 1 ? [stdout] : stdout.trimEnd().split('\n');
  return texts.map((text) => verdictOf(JSON.parse(text)));
}

const calls = ({ steps }: Verdict) => steps.map(({ tool, args, ok }) => ({ tool, args, ok }));

function expectAgreement(page: Verdict, command: Verdict): void {
  expect(page.image.sha256).toBe(command.image.sha256);
  expect(page.model.sha256).toBe(command.model.sha256);
  expect(page.exemplars.map(({ sha256 }) => sha256).sort()).toEqual(
    command.exemplars.map(({ sha256 }) => sha256).sort(),
  );
  expect(calls(page)).toEqual(calls(command));
  expect(page.agentAnswer?.anomaly_present).toBe(command.agentAnswer?.anomaly_present);
  expect(page.agentAnswer?.top_anomaly).toBe(command.agentAnswer?.top_anomaly);
  expect(page.verdict.label).toBe(command.verdict.label);
  expect(Math.abs(page.verdict.score! - command.verdict.score!)).toBeLessThanOrEqual(0.02);
}

const pageVerdict = async (page: Page) => verdictOf(await readDownload(page, 'Save verdict'));

for (const part of CHOSEN) {
  const sample = SAMPLES.find((known) => known.part === part)!;
  test(`page and command line agree on the sample ${sample.title}`, async ({ page }, testInfo) => {
    const library = testInfo.outputPath('good');
    await mkdir(library, { recursive: true });
    for (const name of sample.exemplars) await copyFile(samplePath(name), path.join(library, name));
    const inPage = async () => {
      await openStudio(page, '?backend=wasm');
      await page.getByRole('button', { name: sample.title }).click();
      await expectVerdict(page);
      return pageVerdict(page);
    };
    const [own, [command]] = await Promise.all([inPage(), byCommand(library, sample, [samplePath(sample.part)])]);
    expectAgreement(own, command!);
  });
}

/** A plate with four holes, as a photograph; `hole` false leaves one out, `shift` moves it a little. */
function plate(shift: number, hole: boolean): Sharp {
  const holes = [70, 250].flatMap((x) => [60, 160].map((y) => ({ x, y })));
  const circles = holes.slice(hole ? 0 : 1).map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="18" fill="#20242a"/>`);
  return sharp(
    Buffer.from(
      `<svg width="320" height="220" xmlns="http://www.w3.org/2000/svg"><rect width="320" height="220" fill="#4d5a52"/>` +
        `<g transform="translate(${shift} ${shift / 2})"><rect x="30" y="25" width="260" height="170" rx="14" fill="#b9bfc6"/>` +
        `<path d="M40 110 H280" stroke="#a2a8b0" stroke-width="3"/>${circles.join('')}</g></svg>`,
    ),
  );
}

test('page and command line agree on own photographs, JPEG and PNG', async ({ page }, testInfo) => {
  const folder = (name: string) => testInfo.outputPath(name);
  await mkdir(folder('good'), { recursive: true });
  const good = [0, 1, 2, 3].map((shift) => path.join(folder('good'), `plate-${shift}.jpg`));
  for (const [shift, file] of good.entries()) await plate(shift, true).jpeg({ quality: 92 }).toFile(file);
  const parts = [folder('missing-hole.jpg'), folder('whole.png')];
  await plate(1.5, false).jpeg({ quality: 88 }).toFile(parts[0]!);
  await plate(2.5, true).png().toFile(parts[1]!);
  await expectSameAsCommand(
    page,
    { category: 'plate', types: ['missing_part', 'scratch'] },
    good,
    parts,
    folder('good'),
  );
});

test('page and command line agree on a photographed part', async ({ page }, testInfo) => {
  test.skip(!existsSync(ALIENS), 'The photographs of ../shared/data/aliens are not beside this repository.');
  const imagesIn = (folder: string) =>
    readdirSync(path.join(ALIENS, folder))
      .sort()
      .map((name) => path.join(ALIENS, folder, name));
  const good = imagesIn('train/good').slice(0, 5);
  const part = imagesIn('test/missing_or_deformed')[0]!;
  const library = testInfo.outputPath('good');
  await mkdir(library, { recursive: true });
  const files = good.map((name) => path.join(library, path.basename(name)));
  for (const [index, name] of good.entries()) await copyFile(name, files[index]!);
  await expectSameAsCommand(page, { category: 'toy', types: ['missing_part'] }, files, [part], library);
});

async function expectSameAsCommand(
  page: Page,
  kind: Pick<Sample, 'category' | 'types'>,
  good: readonly string[],
  parts: readonly string[],
  library: string,
): Promise<void> {
  const inPage = async () => {
    const verdicts: Verdict[] = [];
    await openStudio(page, '?backend=wasm');
    await addGoodParts(page, kind.category, kind.types, good);
    for (const part of parts) {
      await chooseFiles(page, part);
      await expect(page.getByText(path.basename(part), { exact: true })).toBeVisible();
      await expectVerdict(page);
      verdicts.push(await pageVerdict(page));
    }
    return verdicts;
  };
  const [own, commands] = await Promise.all([inPage(), byCommand(library, kind, parts)]);
  own.forEach((verdict, index) => expectAgreement(verdict, commands[index]!));
}
