/**
 * Models of one's own: added from an address or a folder, kept through reload and kill, checked, deleted; and everything
 * that may go wrong on the way, by name. In a profile on disk, since a private window has another storage.
 */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, test as base, type BrowserContext, type Page } from '@playwright/test';
import { heapOfWorker } from './heapOfWorker.ts';
import { chunkedNano, largeContainer, stockNano, withManifest, type ModelFiles } from './modelFiles.ts';
import { serveModel, type ModelServer } from './modelServer.ts';
import { expect, expectVerdict, openStudio, SAMPLES } from './studio.ts';

const chunkBytes = 150_000;
const pieces = chunkedNano(chunkBytes);
const weightFiles = [...pieces.keys()].filter((name) => name.endsWith('.bin'));

interface Profile {
  page: Page;
  context: BrowserContext;
  /** Ends the browser as a crash would, and starts it again on the same profile. */
  kill(): Promise<void>;
}

const test = base.extend<{ profile: Profile; server: ModelServer }>({
  server: async ({}, use) => {
    const server = await serveModel(pieces);
    await use(server);
    await server.close();
  },
  profile: async ({ baseURL, launchOptions }, use, testInfo) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'agentiad-profile-'));
    const launch = () => chromium.launchPersistentContext(folder, { ...launchOptions, baseURL });
    let context = await launch();
    const profile: Profile = {
      context,
      page: context.pages()[0]!,
      async kill() {
        const cdp = await context.browser()?.newBrowserCDPSession();
        const gone = new Promise((resolve) => context.once('close', resolve));
        await cdp?.send('Browser.crash').catch(() => {});
        await gone;
        context = await launch();
        Object.assign(profile, { context, page: context.pages()[0]! });
      },
    };
    await use(profile);
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('page', { body: await profile.page.screenshot(), contentType: 'image/png' });
    }
    await context.close();
    await rm(folder, { recursive: true, force: true });
  },
});

async function openPanel(page: Page): Promise<void> {
  await openStudio(page);
  await page.getByRole('button', { name: /^Models:/ }).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
}

async function look(page: Page, address: string): Promise<void> {
  await page.getByLabel(/Hugging Face repository/).fill(address);
  await page.getByRole('button', { name: 'Look at it' }).click();
}

const card = (page: Page, name: string) => page.getByRole('article', { name, exact: true });

async function add(page: Page, server: ModelServer): Promise<void> {
  await look(page, server.url);
  await page.getByRole('button', { name: /^(Add|Resume) ·/ }).click();
}

/** The last files, as many as are fetched at the same time, stop half-way. */
function stallLast(server: ModelServer): string[] {
  const names = weightFiles.slice(-3);
  for (const name of names) server.faults.stalled.add(name);
  return names;
}

/** Weight files that were asked for, in the order of the requests. */
const asked = (server: ModelServer) =>
  server.served.map((request) => request.path).filter((name) => name.endsWith('.bin'));

test('added by its address, used for an inspection, and there again offline', async ({ profile, server }) => {
  const { page, context } = profile;
  await openPanel(page);
  await look(page, server.url);
  const found = page.getByRole('article', { name: 'Found: Nano in pieces' });
  await expect(found.getByText('MIT (DeepPCB')).toBeVisible();
  expect(asked(server)).toEqual([]);
  await found.getByRole('button', { name: /^Add ·/ }).click();
  await card(page, 'Nano in pieces').getByRole('button', { name: 'Use for inspections' }).click();
  await expect(card(page, 'Nano in pieces').getByText('Inspects now')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);

  // Offline: neither the model's server nor the page's own copy of a model may be needed.
  await server.close();
  await context.route('**/models/nano/**', (route) => route.abort());
  await openStudio(page);
  await expect(page.getByText(/^Models: Nano in pieces: trained on/)).toBeVisible();
  await page.getByRole('button', { name: SAMPLES[1]!.title }).click();
  await expectVerdict(page);
});

test('a kill in the middle costs what was under way; what was verified is not fetched again', async ({
  profile,
  server,
}) => {
  const underWay = stallLast(server);
  await openPanel(profile.page);
  await add(profile.page, server);
  await expect.poll(() => asked(server).filter((name) => underWay.includes(name))).toHaveLength(underWay.length);
  await profile.kill();
  server.faults.stalled.clear();
  server.served.splice(0);
  const { page } = profile;
  await openPanel(page);
  const partial = card(page, 'Nano in pieces');
  await expect(partial.getByText(/\d+ ?% here/)).toBeVisible();
  await expect(partial.getByRole('button', { name: 'Use for inspections' })).toHaveCount(0);
  await partial.getByRole('button', { name: 'Resume' }).click();
  await expect(partial.getByText('Ready, offline too')).toBeVisible();
  expect(asked(server).sort()).toEqual(underWay);
});

test('a cut connection goes on at the byte it was cut at; a damaged file is fetched again alone', async ({
  profile,
  server,
}) => {
  const [first, second] = weightFiles;
  // What arrived just before a cut is lost with it, so it must have had time to be read.
  server.faults.pauseMs = 60;
  server.faults.cut.set(first!, { after: 70_000, times: 1 });
  server.faults.flip.set(second!, 1);
  const { page } = profile;
  await openPanel(page);
  await add(page, server);
  await expect(card(page, 'Nano in pieces').getByText('Ready, offline too')).toBeVisible();
  const counts = new Map(weightFiles.map((name) => [name, asked(server).filter((other) => other === name).length]));
  expect(server.served.filter((request) => request.path === first).map(({ from }) => from > 0)).toEqual([false, true]);
  expect([...counts].filter(([, count]) => count > 1).map(([name]) => name)).toEqual([first, second]);
});

test('a file that stays damaged is named, the model stays unusable, and goes on once it is repaired', async ({
  profile,
  server,
}) => {
  const [, , bad] = weightFiles;
  server.faults.flip.set(bad!, Infinity);
  const { page } = profile;
  await openPanel(page);
  await add(page, server);
  const model = card(page, 'Nano in pieces');
  await expect(model.getByRole('alert')).toContainText(`${bad}: does not match the model's manifest`);
  await expect(model.getByRole('button', { name: 'Use for inspections' })).toHaveCount(0);
  await page.reload(); // with the panel open, as its address says
  await expect(model.getByText(/\d\d ?% here/)).toBeVisible();
  server.faults.flip.clear();
  server.served.splice(0);
  await model.getByRole('button', { name: 'Resume' }).click();
  await expect(model.getByText('Ready, offline too')).toBeVisible();
  expect(asked(server)).toEqual([bad]);
});

test('verifying finds a damaged file and fetches it again; deleting asks first and frees the room', async ({
  profile,
  server,
}) => {
  const { page } = profile;
  await openPanel(page);
  await add(page, server);
  const model = card(page, 'Nano in pieces');
  await model.getByRole('button', { name: 'Verify' }).click();
  await expect(model.getByText('Every file was hashed again and is right.')).toBeVisible();
  const damaged = weightFiles[1]!;
  await page.evaluate(async (name) => {
    const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
    for await (const folder of models.values()) {
      const file = await (folder as FileSystemDirectoryHandle).getFileHandle(name);
      const writable = await file.createWritable({ keepExistingData: true });
      await writable.write({ type: 'write', position: 1000, data: new Uint8Array([1, 2, 3, 4]) });
      await writable.close();
    }
  }, damaged);
  server.served.splice(0);
  await model.getByRole('button', { name: 'Verify' }).click();
  await expect.poll(() => asked(server)).toEqual([damaged]);
  await expect(model.getByText('Ready, offline too')).toBeVisible();

  await model.getByRole('button', { name: /^Delete/ }).click();
  await model.getByRole('button', { name: 'Keep' }).click();
  await model.getByRole('button', { name: /^Delete/ }).click();
  await model.getByRole('group').getByRole('button', { name: 'Delete' }).click();
  await expect(model).toHaveCount(0);
  const left = await page.evaluate(async () => {
    const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
    const names: string[] = [];
    for await (const name of models.keys()) names.push(name);
    return names;
  });
  expect(left).toEqual([]);
});

test('what is no model for this program is refused by name before anything is stored', async ({ profile, server }) => {
  const { page } = profile;
  await openPanel(page);
  const refused = async (files: ModelFiles, text: string | RegExp) => {
    server.files = files;
    await look(page, server.url);
    await expect(page.getByRole('alert')).toContainText(text);
  };
  const stock = await stockNano();
  const config = JSON.parse(stock.get('config.json')!.toString()) as Record<string, unknown>;
  const withConfig = (change: object) =>
    new Map(stock).set('config.json', Buffer.from(JSON.stringify({ ...config, ...change })));
  await refused(
    withManifest(pieces, (manifest) => (manifest['version'] = 9)),
    /format version 9/,
  );
  await refused(
    withManifest(pieces, (manifest) => ((manifest['config'] as Record<string, unknown>)['model_type'] = 'llama')),
    'model_type is "llama"',
  );
  await refused(withConfig({ model_type: 'mistral' }), 'model_type is "mistral"');
  await refused(withConfig({ quantization_config: { quant_method: 'gptq' } }), 'quantised with GPTQ');
  await refused(withConfig({ quantization_config: { quant_method: 'awq' } }), 'quantised with AWQ');
  await refused(new Map([['readme.txt', Buffer.from('hello')]]), 'holds no model');
  const [shard = ''] = [...stock.keys()].filter((name) => name.endsWith('.safetensors'));
  await refused(new Map(stock).set(shard, stock.get(shard)!.subarray(0, 100_000)), /truncated/);
  await look(page, 'http://localhost:1/model/');
  await expect(page.getByRole('alert')).toContainText('could not be reached');
  await look(page, 'not an address');
  await expect(page.getByRole('alert')).toContainText('is not the address of a model');
  await expect(page.getByRole('list').getByRole('article')).toHaveCount(1);
});

test('a full disk is told as what it is; nothing half pretends to be whole', async ({ profile, server, baseURL }) => {
  const { page, context } = profile;
  await openPanel(page);
  const cdp = await context.newCDPSession(page);
  const limit = (quotaSize?: number) =>
    cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL!).origin, quotaSize });
  const underWay = stallLast(server);
  await add(page, server);
  const model = card(page, 'Nano in pieces');
  await expect.poll(() => asked(server)).toEqual(expect.arrayContaining(underWay));
  await limit(1000);
  server.faults.stalled.clear();
  await expect(model.getByRole('alert')).toContainText('this browser has no more room for this page');
  await expect(model.getByText(/\d+ ?% here/)).toBeVisible();
  await expect(model.getByRole('button', { name: 'Use for inspections' })).toHaveCount(0);
  await limit();
  await model.getByRole('button', { name: 'Resume' }).click();
  await expect(model.getByText('Ready, offline too')).toBeVisible();
});

test('a stock checkpoint from a folder is quantised, listed as a base model, and inspects', async ({
  profile,
}, testInfo) => {
  const { page } = profile;
  const folder = testInfo.outputPath('stock-nano');
  await mkdir(folder);
  for (const [name, bytes] of await stockNano()) await writeFile(path.join(folder, name), bytes);
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
  await openPanel(page);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(folder);
  const found = page.getByRole('article', { name: 'Found: stock-nano' });
  await expect(found.getByText('apache-2.0')).toBeVisible();
  await expect(found.getByText('Base, not inspection-tuned')).toBeVisible();
  await found.getByRole('button', { name: /^Add ·/ }).click();
  const model = card(page, 'stock-nano');
  await expect(model.getByText('8-bit weights')).toBeVisible();
  await model.getByRole('button', { name: 'Use for inspections' }).click();
  await expect(model.getByText('Inspects now')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: SAMPLES[0]!.title }).click();
  await expectVerdict(page);
});

test('a server without ranges serves too, and adding can be cancelled and gone on with', async ({
  profile,
  server,
}) => {
  server.faults.hasRanges = false;
  const underWay = stallLast(server);
  const { page } = profile;
  await page.setViewportSize({ width: 390, height: 844 });
  await openPanel(page);
  await add(page, server);
  const model = card(page, 'Nano in pieces');
  await expect(model.getByRole('progressbar')).toBeInViewport();
  await expect.poll(() => asked(server)).toEqual(expect.arrayContaining(underWay));
  await model.getByRole('button', { name: 'Cancel' }).click();
  server.faults.stalled.clear();
  await model.getByRole('button', { name: 'Resume' }).click();
  await expect(model.getByText('Ready, offline too')).toBeVisible();
});

test('a large model goes to the disk in pieces: the memory of the page hardly grows', async ({ profile, server }) => {
  // LARGE_MODEL_MB=2900 for the size of the 3B, by hand (docs/benchmarks.md).
  const megabytes = Number(process.env['LARGE_MODEL_MB'] ?? 200);
  test.setTimeout(120_000 + 400 * megabytes);
  server.files = largeContainer(megabytes);
  const { page } = profile;
  await openPanel(page);
  await expect(card(page, 'nano')).toBeVisible();
  const heap = await heapOfWorker(page, 'modelWorker');
  await add(page, server);
  await expect(card(page, 'Large').getByText('Ready, offline too')).toBeVisible({ timeout: 60_000 + 300 * megabytes });
  const { first, most, samples } = await heap.end();
  test.info().annotations.push({
    type: 'memory',
    description: `${megabytes} MB, ${samples} samples, growth ${(most - first) / 1e6} MB`,
  });
  expect(samples).toBeGreaterThan(5);
  expect(most - first).toBeLessThan(150e6);
});
