import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { TINY_SCORE, writeTinyModel } from '../nano/tinyNano.ts';
import { runHere, runProcess } from './testProgram.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-inspect-'));
afterAll(() => rm(root, { recursive: true }));
const model = path.join(root, 'model');
await writeTinyModel(model);
const MODEL = ['--model', model, '--backend', 'wasm'];

const png = (width: number, height: number) => encodePng(fillRaster({ width, height }));

async function put(name: string, bytes: Uint8Array | string): Promise<string> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
}

const part = await put('part.png', png(90, 60));
const other = await put('other.png', png(60, 90));

function readVerdict(text: string): Verdict {
  const checked = checkDocument('verdict', JSON.parse(text));
  expect(checked.ok ? [] : checked.problems).toEqual([]);
  return (checked as { value: Verdict }).value;
}

const readLines = (text: string) => text.trimEnd().split('\n').map(readVerdict);
const cot = (...args: readonly string[]) => runHere('inspect', ...MODEL, '--mode', 'cot', ...args);

describe('agentiad inspect, as a process', { timeout: 120_000 }, () => {
  it('prints one verdict and nothing else on standard output', async () => {
    const { code, stdout, stderr } = await runProcess(['inspect', part, ...MODEL, '--json', '-']);
    expect(stderr).toContain('Sent to review: not validated on this kind of part. The agent says defect');
    expect(code).toBe(0);
    const verdict = readVerdict(stdout);
    expect(verdict).toMatchObject({ status: 'complete', isSimulated: false, model: { id: 'tiny', backend: 'wasm' } });
    expect(verdict.verdict.score).toBeCloseTo(TINY_SCORE, 4);
    expect(verdict.image).toMatchObject({ name: 'part.png', width: 90, height: 60 });
  });

  it('stops at a token when interrupted and keeps what there is', async () => {
    let sent = false;
    const { code, stdout, stderr } = await runProcess(['inspect', part, other, ...MODEL, '--watch'], (text, kill) => {
      if (sent || !text.includes('[s1]')) return;
      sent = true;
      kill('SIGINT');
    });
    expect(code).toBe(1);
    const [verdict, ...rest] = readLines(stdout);
    expect(verdict).toMatchObject({
      status: 'interrupted',
      agentAnswer: null,
      verdict: { label: 'review', score: null },
    });
    expect(verdict!.steps.length).toBeGreaterThan(0);
    expect(rest).toEqual([]);
    expect(stderr).toContain('Stopped: 1 of 2 not inspected.');
  });

  it('tells wrong flags on standard error alone, exit code 2', async () => {
    const { code, stdout, stderr } = await runProcess(['inspect', part, '--mode', 'nonsense']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("argument 'nonsense' is invalid. Allowed choices are cot, pz, pz+cr, full");
  });
});

describe('several images', { timeout: 120_000 }, () => {
  it('come out as one line each; refused files are named, the others lose nothing', async () => {
    const jpeg = await sharp(png(64, 64)).jpeg().toBuffer();
    const bad = {
      'empty.png': '',
      'truncated.jpg': jpeg.subarray(0, jpeg.length >> 1),
      'text.png': 'Dear reader, this is no picture.',
      'scan.png': await sharp(png(8, 8)).tiff({ compression: 'jpeg' }).toBuffer(),
      'phone.heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'huge.png': largePngHeader(20_000, 20_000),
      'strip.png': png(2010, 10),
    };
    const files = await Promise.all(Object.entries(bad).map(([name, bytes]) => put(`bad/${name}`, bytes)));
    const missing = path.join(root, 'nowhere.png');
    const { code, stdout, stderr } = await cot(part, ...files, missing, other);
    expect(readLines(stdout).map(({ image }) => image.name)).toEqual(['part.png', 'other.png']);
    expect(code).toBe(1);
    const message = (name: string) => stderr.split('\n').find((line) => line.includes(`${name}:`));
    expect(message('empty.png')).toMatch(/empty \(0 bytes\).*Export or copy/);
    expect(message('truncated.jpg')).toMatch(/ends early.*again/);
    expect(message('text.png')).toMatch(/not an image.*Choose a/);
    expect(message('scan.png')).toMatch(/TIFF with JPEG compression.*not supported.*Save the image as PNG/);
    expect(message('phone.heic')).toMatch(/HEI[CF].*not supported.*JPEG or PNG/);
    expect(message('huge.png')).toMatch(/400 megapixels; the limit is 100.*scale it down/);
    expect(message('strip.png')).toMatch(/more than 200 times.*Crop it/);
    expect(message('nowhere.png')).toMatch(/no such file.*Check the path/);
    expect(stderr).not.toMatch(/\n {4}at |unexpected error/);
  });

  it('may be a folder, in order; what no decoder reads is refused, not skipped', async () => {
    await put('parts/b.png', png(40, 40));
    await put('parts/a.jpg', await sharp(png(41, 40)).jpeg().toBuffer());
    await put('parts/notes.txt', 'no image');
    await put('parts/c.tif', await sharp(png(42, 40)).tiff({ compression: 'lzw' }).toBuffer());
    await put('parts/d.tif', await sharp(png(42, 40)).tiff({ compression: 'jpeg' }).toBuffer());
    const { code, stdout, stderr } = await cot(path.join(root, 'parts'));
    expect(readLines(stdout).map(({ image }) => image.name)).toEqual(['a.jpg', 'b.png', 'c.tif']);
    expect(stderr).toMatch(/d\.tif: .*TIFF/);
    expect(code).toBe(1);
  });
});

describe('unusual images', { timeout: 120_000 }, () => {
  it('of one pixel, 150:1, 16 bits or turned by EXIF are inspected; the verdict says what was changed', async () => {
    const deep = sharp(new Uint16Array(30 * 30 * 3).fill(40_000), { raw: { width: 30, height: 30, channels: 3 } });
    const files = [
      await put('pixel.png', png(1, 1)),
      await put('long.png', png(1500, 10)),
      await put('deep.png', await deep.toColourspace('rgb16').png().toBuffer()),
      await put('turned.jpg', await sharp(png(60, 40)).jpeg().withMetadata({ orientation: 6 }).toBuffer()),
    ];
    const { code, stdout } = await cot(...files);
    expect(code).toBe(0);
    const [pixel, long, sixteen, turned] = readLines(stdout).map(({ image }) => image);
    expect([pixel!.width, pixel!.height, long!.width, long!.height]).toEqual([1, 1, 1500, 10]);
    expect(sixteen).toMatchObject({ bitDepth: 16, conversions: ['16-bit samples reduced to 8-bit'] });
    expect(turned).toMatchObject({ width: 40, height: 60, orientationApplied: 6 });
  });

  it('of more than 8 bits are seen through the window asked for, which the verdict keeps', async () => {
    const light = Uint16Array.from({ length: 60 * 40 }, (_, index) => (index * 37) % 4096);
    const camera = sharp(light, { raw: { width: 60, height: 40, channels: 1 } }).toColourspace('grey16');
    const bytes = await camera.tiff({ compression: 'lzw' }).toBuffer();
    const file = await put('camera.tif', bytes);
    const seen = async (...args: string[]) => readVerdict((await cot(file, ...args)).stdout).image;
    expect(await seen()).toMatchObject({
      format: 'tiff',
      bitDepth: 16,
      sizeBytes: bytes.length,
      windowLevel: { low: 0, high: 4095, rule: 'depth' },
      conversions: ['16-bit samples reduced to 8-bit: 0 to 4095 shown from black to white'],
    });
    expect(await seen('--window', '100,900')).toMatchObject({ windowLevel: { low: 100, high: 900, rule: 'chosen' } });
    for (const wrong of ['5', '9,3', '0,70000', 'a,b', '0.5,9'])
      expect((await cot(file, '--window', wrong)).stderr, wrong).toMatch(/--window.*Write for example/);
  });

  it('too small to zoom into: the error is an observation, the inspection goes on to an answer', async () => {
    const { code, stdout } = await runHere('inspect', part, ...MODEL, '--mode', 'pz');
    const { status, steps } = readVerdict(stdout);
    expect([code, status]).toEqual([0, 'complete']);
    expect(steps.map(({ ok }) => ok)).toEqual([...Array.from({ length: steps.length - 1 }, () => false), true]);
    expect(steps[0]!.output).toContain('Execution error');
  });
});

describe('--library', { timeout: 120_000 }, () => {
  const names = ['1.png', '2.png', '3.png'];

  it("takes the studio's library file with its types", async () => {
    const images = await Promise.all([30, 31, 32].map(async (width) => Buffer.from(png(width, 20))));
    const exemplars = images.map((bytes, index) => ({
      name: `good-${index}.png`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      mime: 'image/png',
      base64: bytes.toString('base64'),
    }));
    const file = { schema: 'agentiad-library/1', category: 'bolt', types: ['bent'], exemplars };
    const library = await put('bolt.library.json', JSON.stringify(file));
    const traces = path.join(root, 'library-traces');
    const { code, stdout } = await runHere('inspect', part, ...MODEL, '--library', library, '--trace', traces);
    expect(code).toBe(0);
    const verdict = readVerdict(stdout);
    expect(verdict.part.category).toBe('bolt');
    expect(verdict.libraryMatch).toMatchObject({ exemplarCount: 3 });
    const [trace] = await readdir(traces);
    expect(await readFile(path.join(traces, trace!), 'utf8')).toContain('Candidate anomaly types:\\n- bent\\n');
  });

  it('lets the agent compare, with the category of the folder, and leaves a trace that fits its schema', async () => {
    await Promise.all(names.map((name, index) => put(`lib/disc/${name}`, png(64 + index, 64))));
    const traces = path.join(root, 'new', 'traces');
    const { code, stdout } = await runHere(
      'inspect',
      part,
      ...MODEL,
      '--library',
      path.join(root, 'lib'),
      '--trace',
      traces,
    );
    expect(code).toBe(0);
    const verdict = readVerdict(stdout);
    expect(verdict).toMatchObject({ part: { category: 'disc' }, settings: { mode: 'full' }, warnings: [] });
    expect(verdict.libraryMatch).toMatchObject({ exemplarCount: 3, calibrated: true });
    const [file, ...more] = await readdir(traces);
    expect(file).toMatch(/^part-[0-9a-f]{8}\.trace\.json$/);
    expect(more).toEqual([]);
    const checked = checkDocument('trace', JSON.parse(await readFile(path.join(traces, file!), 'utf8')));
    expect(checked.ok && checked.value.verdict).toEqual(verdict);
  });

  it('that is empty, or holds this very part alone, is said; the inspection goes on', async () => {
    await mkdir(path.join(root, 'none'));
    const none = await runHere('inspect', part, ...MODEL, '--library', path.join(root, 'none'));
    expect(none.code).toBe(0);
    expect(readVerdict(none.stdout).warnings).toEqual([expect.stringContaining('there are no known-good parts')]);
    expect(none.stderr).toContain('nothing to compare with');

    await put('self/copy.png', png(90, 60));
    const self = await runHere('inspect', part, ...MODEL, '--library', path.join(root, 'self'));
    expect(self.code).toBe(0);
    expect(readVerdict(self.stdout).warnings).toEqual([expect.stringContaining('this very image')]);
  });

  it('with an unknown category, or several to choose from, names what there is', async () => {
    await put('two/cap/1.png', png(30, 31));
    await put('two/nut/1.png', png(31, 31));
    const library = ['--library', path.join(root, 'two')];
    const unknown = await cot(part, ...library, '--category', 'gear');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/Category "gear": .*Choose one of: cap, nut\./);
    const open = await cot(part, ...library);
    expect(open.code).toBe(1);
    expect(open.stderr).toContain('Choose one with --category: cap, nut.');
  });
});

describe('a model folder', { timeout: 120_000 }, () => {
  /** A copy of the model in which one file is changed, or taken away (null). */
  async function damage(name: string, file: string, change: (bytes: Buffer) => Buffer | string | null) {
    const folder = path.join(root, name);
    await cp(model, folder, { recursive: true });
    const changed = change(await readFile(path.join(folder, file)));
    if (changed === null) await rm(path.join(folder, file));
    else await writeFile(path.join(folder, file), changed);
    return runHere('inspect', part, '--backend', 'wasm', '--model', folder);
  }

  it.each([
    ['without a chunk', 'weights-0000.bin', () => null, /weights-0000\.bin: is missing.*Download or convert/],
    [
      'with a flipped byte',
      'weights-0000.bin',
      (bytes: Buffer) => {
        bytes[100]! ^= 1;
        return bytes;
      },
      /weights-0000\.bin: does not match its SHA-256.*Download or convert/,
    ],
    [
      'of another version',
      'manifest.json',
      (bytes: Buffer) => bytes.toString().replace('"version": 1', '"version": 99'),
      /manifest\.json: has the format version 99.*Convert/,
    ],
    ['without a tokenizer', 'tokenizer.json', () => null, /tokenizer\.json: is missing/],
  ])('%s is refused', async (name, file, change, message) => {
    const { code, stdout, stderr } = await damage(name, file, change);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('that is not there is refused', async () => {
    const { code, stderr } = await runHere(
      'inspect',
      part,
      '--backend',
      'wasm',
      '--model',
      path.join(root, 'no-model'),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/no-model: holds no model.*Give the folder/);
  });
});

describe('where the verdict goes', { timeout: 120_000 }, () => {
  it('a file, whose folder is made; standard output stays empty', async () => {
    const file = path.join(root, 'results', 'today', 'verdict.json');
    const { code, stdout } = await cot(part, '--json', file);
    expect([code, stdout]).toEqual([0, '']);
    expect(readVerdict(await readFile(file, 'utf8')).status).toBe('complete');
  });

  it('an earlier file stays when there is nothing new', async () => {
    const file = await put('earlier.json', 'precious');
    const { code } = await cot(await put('blank.png', ''), '--json', file);
    expect(code).toBe(1);
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it.each(['--json', '--trace'])('is refused before any work when it cannot be written: %s', async (flag) => {
    const { code, stderr } = await cot(part, flag, flag === '--json' ? root : part);
    expect(code).toBe(1);
    expect(stderr).toMatch(/(is a folder|is a file|cannot be made).*Name /);
    expect(stderr).not.toContain('tiny on wasm');
  });
});

describe('wrong usage', () => {
  it.each([
    ['no image', []],
    ['an unknown flag', [part, '--frobnicate']],
    ['an unknown mode', [part, '--mode', 'nonsense']],
    ['an unknown backend', [part, '--backend', 'abacus']],
    ['a threshold that is no number', [part, '--t1', 'low']],
    ['a threshold above 1', [part, '--t2', '1.5']],
    ['t1 above t2', [part, '--t1', '0.8', '--t2', '0.2']],
    ['an empty type', [part, '--types', 'a,,b']],
    ['a seed that is no number', [part, '--seed', 'x']],
    ['a flag without its value', [part, '--library']],
  ])('%s: exit code 2, and what to do instead', async (_what, args) => {
    const { code, stdout, stderr } = await runHere('inspect', ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/see --help|Give |Write /);
  });

  it('a folder without images, or nothing that exists, fails', async () => {
    await mkdir(path.join(root, 'bare'));
    const bare = await runHere('inspect', path.join(root, 'bare'));
    expect(bare).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/bare: no images were found\. Name an image/),
    });
    const gone = await runHere('inspect', path.join(root, 'gone'));
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringMatching(/gone: there is no such file or folder/) });
  });
});

describe('--backend', { timeout: 120_000 }, () => {
  it('cpu comes to the same score as wasm', async () => {
    const scores = [];
    for (const backend of ['wasm', 'cpu']) {
      const { stdout } = await runHere('inspect', part, '--model', model, '--mode', 'cot', '--backend', backend);
      const verdict = readVerdict(stdout);
      expect(verdict.model.backend).toBe(backend);
      scores.push(verdict.verdict.score!);
    }
    expect(scores[1]).toBeCloseTo(scores[0]!, 4);
  });
});

/** A PNG of this size as far as its header tells. */
function largePngHeader(width: number, height: number): Buffer {
  const bytes = Buffer.from(png(1, 1));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}
