/**
 * `npm run test:kill`: kills the whole browser (SIGKILL) at random moments of importing, inspecting and validating, starts
 * it again on the same profile, and checks what is stored: nothing lost that was finished, nothing half-written.
 * `--kills N` (30), `--seed S` (1), `--only import,inspection,validation`, `--url URL` of a page that is served already.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { register } from 'tsx/esm/api';
import { buildIfChanged } from './lib/build.mjs';
import { startKillable } from './lib/killable.mjs';
import { root, ScriptError, start } from './lib/run.mjs';
import { serveStudio } from './lib/serve.mjs';

register();
const { createRandom, mixSeed } = await import('../packages/core/src/support/random.ts');
// Not followed by the type checker: the studio's files are checked with the browser's types.
const consistency = '../src/testing/consistency.ts';
const { faultsOf } = await import(consistency);

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    url: { type: 'string' },
  },
});

const finishedInPage = await readFile(path.join(root, 'scripts', 'lib', 'finishedInPage.js'), 'utf8');

const GOOD_PARTS = 40;

/** @type {(seed: number) => Promise<{ name: string, mimeType: string, buffer: Buffer }[]>} */
const goodParts = (seed) =>
  Promise.all(
    Array.from({ length: GOOD_PARTS }, async (_, index) => {
      const shade = (seed * 37 + index * 5) % 256;
      const raster = Buffer.alloc(128 * 128 * 3, shade).fill(index + (seed % 100), 0, 900);
      const buffer = await sharp(raster, { raw: { width: 128, height: 128, channels: 3 } })
        .png()
        .toBuffer();
      return { name: `good-${seed}-${index}.png`, mimeType: 'image/png', buffer };
    }),
  );

/** Makes a kind of part; its page is open then. */
async function makeKind(page, name) {
  await page
    .getByRole('button', { name: /good parts/ })
    .first()
    .click();
  const field = page.getByLabel('Name', { exact: true });
  const another = page.getByRole('button', { name: 'New kind of part', exact: true });
  await field.or(another).first().waitFor({ timeout: 30_000 });
  if (!(await field.isVisible())) await another.click();
  await field.fill(name);
  await page.getByRole('button', { name: 'Create, then add good parts' }).click();
}

/** By name: brings the page to work (never to its end by itself), and how long that takes at most, ms. */
const SCENES = {
  import: {
    spanMs: 1_000,
    async begin(page, kill) {
      await makeKind(page, `kind ${kill}`);
      await page.getByLabel(`Good parts of kind ${kill}`, { exact: true }).setInputFiles(await goodParts(kill));
    },
  },
  inspection: {
    spanMs: 12_000,
    async begin(page) {
      await page.locator('.sample').first().click();
      page
        .waitForSelector('.verdict-lead', { timeout: 60_000 })
        .then(() => page.keyboard.press('d'))
        .catch(() => {}); // killed before
    },
  },
  validation: {
    spanMs: 15_000,
    async begin(page, kill) {
      await makeKind(page, `kind ${kill}`);
      const files = await goodParts(kill);
      await page.getByLabel(`Good parts of kind ${kill}`, { exact: true }).setInputFiles(files.slice(0, 5));
      await page.getByText('5 good parts: enough to tell what is unusual.').waitFor({ timeout: 60_000 });
      await page.getByRole('tab', { name: 'Validation' }).click();
      await page.getByLabel('Good images').setInputFiles(files.slice(5, 11));
      await page.getByLabel('Bad images').setInputFiles(files.slice(11, 17));
      await page.getByRole('button', { name: 'Validate', exact: true }).click({ timeout: 60_000 });
    },
  },
};

await start(async () => {
  const scenes = Object.entries(SCENES).filter(([name]) => !values.only || values.only.split(',').includes(name));
  if (scenes.length === 0) throw new ScriptError(`Nothing to do: --only takes ${Object.keys(SCENES).join(', ')}.`);
  const served = values.url ? null : await serve();
  const url = values.url ?? served?.url ?? '';
  const profile = await mkdtemp(path.join(os.tmpdir(), 'agentiad-kill-'));
  const random = createRandom(mixSeed('kill', values.seed));
  const faults = [];
  try {
    for (let kill = 1; kill <= Number(values.kills); kill++) {
      const [name, scene] = /** @type {[string, { spanMs: number, begin(page: any, kill: number): Promise<void> }]} */ (
        scenes[(kill - 1) % scenes.length]
      );
      const delayMs = Math.round(random.next() * scene.spanMs);
      const { finished, failure } = await killDuring(profile, url, { scene, kill, delayMs });
      const found = await lookInto(profile, url, finished);
      if (failure) found.faults.unshift(`it did not begin: ${failure}`);
      faults.push(...found.faults.map((fault) => `kill ${kill} (${name} + ${delayMs} ms): ${fault}`));
      console.log(
        `kill ${kill}: ${name} + ${delayMs} ms; ${finished.length} records were finished; after it ${found.summary}` +
          (found.faults.length > 0 ? `; FAULTS: ${found.faults.join('; ')}` : '; nothing lost, nothing half-written'),
      );
    }
  } finally {
    served?.close();
    await rm(profile, { recursive: true, force: true });
  }
  if (faults.length > 0) throw new ScriptError(`${faults.length} faults:\n${faults.join('\n')}`);
});

async function serve() {
  await buildIfChanged();
  return serveStudio({ port: 4430, tries: 20 });
}

/** Opens the page on the profile, begins the work, kills everything, and gives back what was finished by then. */
async function killDuring(profile, url, { scene, kill, delayMs }) {
  const { page, kill: killNow } = await startKillable(profile);
  /** @type {string[]} */
  let finished = [];
  /** @type {string | null} */
  let failure = null;
  try {
    await page.exposeFunction('witness', (keys) => void (finished = keys));
    await page.goto(url);
    await page.locator('.sample').first().waitFor({ timeout: 120_000 });
    await page.evaluate(finishedInPage);
    await scene.begin(page, kill);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  } catch (error) {
    failure = String(error).split('\n').slice(0, 3).join(' ');
    const shown = await page
      .locator('body')
      .innerText()
      .catch(() => 'nothing: the page is gone');
    failure += ` The page showed: ${shown.replace(/\s+/g, ' ').slice(0, 600)}`;
  } finally {
    await killNow();
  }
  return { finished, failure };
}

/** Starts the page again on what is left and checks it. */
async function lookInto(profile, url, finished) {
  const { page, kill } = await startKillable(profile);
  try {
    await page.goto(url);
    await page.locator('.sample').first().waitFor({ timeout: 120_000 });
    await page.evaluate(finishedInPage);
    const stored = await settled(page);
    if (!stored) return { faults: ['there is no database'], summary: 'nothing' };
    const { records, torn } = stored;
    const faults = [...faultsOf(stored), ...torn.map((key) => `${key} has other bytes than it is filed under`)];
    const keys = keysOf(records);
    faults.push(...finished.filter((key) => !keys.has(key)).map((key) => `lost: ${key}`));
    faults.push(...records.runs.filter(({ status }) => status === 'running').map(({ id }) => `run ${id} still runs`));
    const newest = records.runs.at(-1);
    if (newest) {
      await page.goto(`${url}#/inspect/${newest.id}`);
      await page.locator('.stage-canvas, .workbench').first().waitFor({ timeout: 60_000 });
    }
    const counted = `${records.runs.length} inspections, ${records.exemplars.length} good parts`;
    return { faults, summary: `${counted}, ${records.outcomes.length} results of validations` };
  } finally {
    await kill();
  }
}

/** What is stored once the page has marked what was cut off. */
async function settled(page) {
  for (let tries = 0; ; tries++) {
    await page.waitForTimeout(500);
    const stored = await page.evaluate(() => globalThis.readAllStored());
    if (!stored?.records.runs.some(({ status }) => status === 'running') || tries === 20) return stored;
  }
}

/** As `finishedInPage.js` names them. */
function keysOf(records) {
  const named = ['runs', 'exemplars', 'labelled', 'decisions', 'outcomes', 'recipes'].flatMap((store) =>
    records[store].map((record) =>
      `${store} ${record.id ?? record.runId} ${record.sha256 ?? ''} ${record.status ?? ''}`.trim(),
    ),
  );
  return new Set(named);
}
