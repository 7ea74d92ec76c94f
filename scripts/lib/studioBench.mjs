/** What scripts/benchStudio.mjs measures with: files, frames, long tasks, and what is left in the page's memory. */
import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @param {import('@playwright/test').Page} page
 * @param {string} name
 * @param {string | Buffer} content
 */
export async function openFile(page, name, content, mimeType = 'application/json') {
  const buffer = Buffer.from(content);
  await page.locator('input[type=file]').first().setInputFiles({ name, mimeType, buffer });
  await page.locator('.stage-canvas').waitFor();
}

/**
 * The longest task of the page's main thread during `work`: as it passed on the clock, and the processor time it used,
 * which other programs of a busy machine do not lengthen.
 * @param {import('@playwright/test').Page} page
 * @param {() => Promise<void>} work
 */
export async function longestTask(page, work) {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page belongs to no browser');
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const main = new Set();
  for (const { name, pid, tid, args } of traceEvents)
    if (name === 'thread_name' && args.name === 'CrRendererMain') main.add(`${pid} ${tid}`);
  const tasks = traceEvents.filter(
    ({ name, pid, tid, dur }) => /RunTask$/.test(name) && dur > 0 && main.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error('the trace has no tasks of the main thread');
  const longest = (pick) => Math.round(Math.max(...tasks.map(pick)) / 100) / 10;
  return { clockMs: longest(({ dur }) => dur), processorMs: longest(({ tdur }) => tdur ?? 0), tasks: tasks.length };
}

/**
 * Frames a second in the time after a key.
 * @param {import('@playwright/test').Page} page
 * @param {string} key
 * @param {number} ms
 */
export async function recordFrames(page, key, ms) {
  await page.evaluate(`bench.recordFrames(${ms})`);
  await page.keyboard.press(key);
  const times = /** @type {number[]} */ (await page.evaluate('bench.frames'));
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return Math.round(((times.length - 1) * 10_000) / (last - first)) / 10;
}

/**
 * What is alive after a garbage collection.
 * @param {import('@playwright/test').Page} page
 */
export async function countLeft(page) {
  await page.waitForTimeout(1000);
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.enable');
  for (let pass = 0; pass < 3; pass++) await client.send('HeapProfiler.collectGarbage');
  const count = async (name) => {
    const { result } = await client.send('Runtime.evaluate', { expression: `${name}.prototype` });
    const { objects } = await client.send('Runtime.queryObjects', { prototypeObjectId: String(result.objectId) });
    const { result: length } = await client.send('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: 'function () { return this.length; }',
      returnByValue: true,
    });
    await client.send('Runtime.releaseObject', { objectId: String(objects.objectId) });
    return length.value;
  };
  const canvases = await count('HTMLCanvasElement');
  const bitmaps = await count('ImageBitmap');
  const { detachedNodes } = await client.send('DOM.getDetachedDomNodes').catch(() => ({ detachedNodes: null }));
  const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
  await client.detach();
  return { canvases, bitmaps, detachedNodes: detachedNodes?.length ?? null, nodes, jsEventListeners };
}

/**
 * The run on a part of `side` pixels: all its places grow with it.
 * @param {any} trace
 * @param {string} hash of the image file
 * @param {number} side
 */
export function enlarge(trace, hash, side) {
  const { width, sha256: before } = trace.verdict.image;
  const factor = side / width;
  const grown = JSON.parse(JSON.stringify(trace), (key, value) => {
    if ((key === 'box' || key === 'frame' || key === 'view') && Array.isArray(value))
      return value.map((n) => n * factor);
    return value === before ? hash : value;
  });
  Object.assign(grown.verdict.image, { width: side, height: side });
  for (const image of grown.images) Object.assign(image.source, { width: side, height: side });
  return grown;
}

/**
 * The run with another picture of the part, so that nothing of it is known already.
 * @param {any} trace
 * @param {number} number
 */
export async function repaint(trace, number) {
  const [part] = trace.images;
  const asset = trace.assets[part.asset];
  const png = await sharp(Buffer.from(asset.base64, 'base64'))
    .modulate({ brightness: 0.6 + number / 100 })
    .png()
    .toBuffer();
  const key = sha256(png);
  const assets = { ...trace.assets, [key]: { ...asset, base64: png.toString('base64') } };
  delete assets[part.asset];
  const images = trace.images.map((image) => (image.index === 1 ? { ...image, asset: key } : image));
  return { ...trace, images, assets };
}
