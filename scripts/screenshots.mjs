/**
 * `npm run screenshots`: pictures of the built studio in every state, in both themes and both languages, in
 * `out/screenshots/`. `--look light-en` makes one set only. `--readme` makes the README's pictures in `docs/` instead.
 * Nothing in them is drawn by hand: the shipped model inspects the shipped samples. Chinese needs a Chinese font here.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { root, ScriptError, start } from './lib/run.mjs';
import { withStudio } from './lib/studioPage.mjs';

const largestBytes = 400_000;
const sample = '.sample >> nth=0';
const trace = 'e2e/fixtures/recorded.trace.json';
const finished = '.verdict-lead';

/** Waits for a sample's verdict. */
async function inspected(page, url, query = '') {
  await page.goto(url + query);
  await page.click(sample);
  await page.waitForSelector(finished, { timeout: 120_000 });
  await page.waitForTimeout(600);
}

async function replayed(page, url, key) {
  await page.goto(url);
  await page.locator('input[type=file]').first().setInputFiles(path.join(root, trace));
  await page.waitForSelector(finished, { timeout: 60_000 });
  await page.keyboard.press('Home');
  for (let step = 0; step < key; step++) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(600);
}

/** Compares by hand, in the mode that the key reaches after so many presses, and waits until the two lie on each other. */
async function compared(page, presses) {
  await page.locator('.stage-canvas').focus();
  for (let press = 0; press < presses; press++) await page.keyboard.press('c');
  await page
    .getByText(/0\.\d\d/)
    .first()
    .waitFor({ timeout: 30_000 });
  await page.waitForTimeout(3000);
}

const button = (page, ...names) => page.getByRole('button', { name: new RegExp(`^(${names.join('|')})`) }).first();

/** By name: brings the page into the state. */
const STATES = {
  empty: async (page, url) => {
    await page.goto(url);
    await page.waitForSelector('.sample');
  },
  loading: async (page, url) => {
    await page.route('**/models/nano/**', () => {});
    await page.goto(url);
    await page.click(sample);
    await page.waitForTimeout(1500);
  },
  running: async (page, url) => {
    await page.goto(`${url}?backend=cpu`);
    await page.click(sample);
    await page.waitForSelector('.transport .button-danger', { timeout: 60_000 });
    await page.waitForTimeout(4000);
  },
  elsewhere: async (page, url) => {
    await page.goto(`${url}?backend=cpu`);
    await page.click(sample);
    await page.waitForSelector('.step:nth-child(2)', { timeout: 60_000 });
    await page.waitForURL(/#\/inspect\//);
    await page.goBack();
    await page.waitForSelector('.status-bar');
  },
  stopped: async (page, url) => {
    await page.goto(`${url}?backend=cpu`);
    await page.click(sample);
    await page.waitForSelector('.step:nth-child(2)', { timeout: 60_000 });
    await page.click('.transport-stop');
    await page.waitForSelector('.resume', { timeout: 60_000 });
  },
  verdict: (page, url) => inspected(page, url),
  compare: async (page, url) => {
    await inspected(page, url);
    await compared(page, 1);
  },
  difference: async (page, url) => {
    await inspected(page, url);
    await compared(page, 3);
  },
  'replay-zoom': (page, url) => replayed(page, url, 3),
  'replay-compare': (page, url) => replayed(page, url, 5),
  questions: async (page, url) => {
    await inspected(page, url);
    await page.getByRole('tab').nth(1).click();
    await page.waitForTimeout(300);
  },
  'models-eye': async (page, url) => {
    await replayed(page, url, 3);
    await page.getByRole('tab').nth(2).click();
    await page.waitForTimeout(300);
  },
  'model-damaged': async (page, url) => {
    await page.route('**/models/nano/*.bin', (route) => route.fulfill({ status: 200, body: 'not a model' }));
    await page.goto(url);
    await page.waitForSelector('.start-failed', { timeout: 60_000 });
  },
  'bad-files': async (page, url) => {
    await page.goto(url);
    const file = (name) => ({ name, mimeType: 'image/png', buffer: Buffer.from('Dear Sir or Madam') });
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([file('letter.png'), file('note.png')]);
    await page.waitForSelector('.notices li:nth-child(2)');
  },
  interrupted: async (page, url) => {
    await page.goto(`${url}?backend=cpu`);
    await page.click(sample);
    await page.waitForSelector('.step:nth-child(2)', { timeout: 60_000 });
    await page.goto(url);
    await page.waitForSelector('.sample');
    await button(page, 'History', '历史记录').click();
    await page.locator('.history-open').first().click();
    await page.waitForTimeout(800);
  },
  library: async (page, url) => {
    await inspected(page, url);
    await button(page, 'Library', '良品库').click();
    await page.waitForSelector('.page-panel img.thumb');
    await page.waitForTimeout(300);
  },
  history: async (page, url) => {
    await inspected(page, url);
    await button(page, 'History', '历史记录').click();
    await page.waitForTimeout(500);
  },
  models: async (page, url) => {
    await page.goto(url);
    await page.waitForSelector('.sample');
    await page.click('.chip-model');
    await page.waitForSelector('.model-card');
    await page.waitForTimeout(500);
  },
  settings: async (page, url) => {
    await page.goto(url);
    await page.waitForSelector('.sample');
    await button(page, 'Settings', '设置').click();
    await page.waitForSelector('.settings');
  },
  keyboard: async (page, url) => {
    await page.goto(url);
    await page.waitForSelector('.sample');
    await page.keyboard.press('?');
    await page.waitForSelector('.shortcuts');
  },
  export: async (page, url) => {
    await inspected(page, url);
    await page.locator('.stage-canvas').focus();
    await page.keyboard.press('e');
    await page.waitForSelector('.export');
  },
  palette: async (page, url) => {
    await inspected(page, url);
    await page.keyboard.press('Control+k');
    await page.waitForSelector('.palette');
    await page.waitForTimeout(300);
  },
  'no-webgpu': async (page, url) => {
    const without = "Object.defineProperty(WorkerNavigator.prototype, 'gpu', { get: () => undefined });\n";
    await page.context().route(/worker[^/]*\.js/i, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: without + (await response.text()) });
    });
    await page.goto(url);
    await page.click('.start-note summary');
  },
  device: async (page, url) => {
    await page.goto(url);
    await page.click('.chip-backend');
    await page.waitForSelector('.popover');
  },
  storage: async (page, url) => {
    await page.goto(url);
    await page.click('.chip-storage');
    await page.waitForSelector('.popover');
  },
};

/** The README's pictures. */
const README = {
  screenshot: ['verdict', { theme: 'light', language: 'en' }],
  'screenshot-compare': ['replay-zoom', { theme: 'dark', language: 'en' }],
};

async function take(open, url, state, look, file) {
  const page = await open(look);
  try {
    await STATES[state](page, url);
    await page.waitForTimeout(300);
    const picture = await sharp(await page.screenshot())
      .png({ palette: true, quality: 95 })
      .toBuffer();
    await writeFile(file, picture);
    console.log(`${path.relative(root, file)}, ${picture.length} bytes`);
    return picture.length;
  } finally {
    await page.context().close();
  }
}

await start(async () => {
  const { values } = parseArgs({
    options: { look: { type: 'string' }, state: { type: 'string', multiple: true }, readme: { type: 'boolean' } },
  });
  const unknown = (values.state ?? []).find((state) => !(state in STATES));
  if (unknown) throw new ScriptError(`There is no state "${unknown}". There are: ${Object.keys(STATES).join(', ')}.`);
  await withStudio(async (open, url) => {
    if (values.readme) {
      for (const [name, [state, look]] of Object.entries(README)) {
        const bytes = await take(open, url, state, look, path.join(root, 'docs', `${name}.png`));
        if (bytes > largestBytes) throw new ScriptError(`docs/${name}.png has ${bytes} bytes; too many for a README.`);
      }
      return;
    }
    const folder = path.join(root, 'out', 'screenshots');
    await rm(folder, { recursive: true, force: true });
    const states = values.state ?? Object.keys(STATES);
    const failed = [];
    for (const theme of ['light', 'dark']) {
      for (const language of ['en', 'zh']) {
        if (values.look !== undefined && values.look !== `${theme}-${language}`) continue;
        await mkdir(path.join(folder, `${theme}-${language}`), { recursive: true });
        for (const state of states) {
          const file = path.join(folder, `${theme}-${language}`, `${state}.png`);
          await take(open, url, state, { theme, language }, file).catch((error) => {
            failed.push(`${theme}-${language}/${state}: ${error.message.split('\n')[0]}`);
          });
        }
      }
    }
    if (failed.length > 0) throw new ScriptError(`Not every state could be reached:\n${failed.join('\n')}`);
  });
});
