/**
 * Proof on the real checkpoint, in one command and one JSON report (report.schema.json):
 *
 *     node scripts/verify-3b/run.mjs --checkpoint DIR [--mmad DIR] [--out FILE]
 *
 * Five sample images through Hugging Face transformers; the checkpoint converted to int4; parity of our exact weights
 * with those logits; how often int4 chooses the same token; 100 images of MMAD, if given; speed. What fails is reported
 * and the rest goes on. Needs Python with scripts/requirements-golden.txt; the 3B 16 GB of memory, 25 GB of disk and,
 * for parity, a GPU with 16 GB. See --help.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root, run } from '../lib/run.mjs';
import { sampleMmad } from './mmadManifest.mjs';

const help = `node scripts/verify-3b/run.mjs --checkpoint DIR [options]

--checkpoint DIR   Hugging Face folder of Qwen2.5-VL
--out FILE         report (default: verify-3b.json)
--mmad DIR         MMAD: mmad.json and its images
--mmad-count N     images of it (default 100)
--path NAME        forward pass: engine (default) or model
--backend NAME     of --path model and of MMAD: auto, webgpu, wasm, cpu (default auto)
--scheme NAME      of the converted model (default q4)
--least X          share of steps at which it must choose the same token (default 0.98)
--tokens N         tokens per image (default 64)
--max-pixels N     images are made smaller than this (default 200704)
--python FILE      Python with scripts/requirements-golden.txt (default python3)
--work DIR         where golden folder and model stay (default: a folder that is removed)
--bench-shape NAME shape of the speed run (default qwen2.5-vl-3b); none leaves it out
--bench-minutes N  time for it (default 10)`;

const flags = readFlags();
if (flags.help || !flags.checkpoint) {
  console.log(help);
  process.exit(flags.help ? 0 : 2);
}

const images = ['flange-chip', 'flange-good', 'board-bridge', 'cap-stain', 'blister-crumb'];
const leastAgreement = Number(flags.least);

const checkpoint = path.resolve(flags.checkpoint);
const out = path.resolve(flags.out);
const work = flags.work ? path.resolve(flags.work) : mkdtempSync(path.join(os.tmpdir(), 'verify-3b-'));
mkdirSync(work, { recursive: true });
const golden = path.join(work, 'golden');
const model = path.join(work, 'model');

const agentiad = (...args) => run(process.execPath, ['packages/train/bin/agentiad.mjs', ...args], { capture: true });
const script = (file, ...args) =>
  run(process.execPath, ['--import', 'tsx', `scripts/verify-3b/${file}`, ...args], { capture: true });

/** @type {Record<string, { status: 'passed' | 'failed' | 'skipped', seconds: number, reason: string | null, result: any }>} */
const steps = {};

const hasPassed = (name) => steps[name]?.status === 'passed';

/** Runs one step; `work` gives its result and whether that is good enough, or throws with the reason it failed. */
async function step(name, work) {
  console.error(`${name}...`);
  const started = performance.now();
  const done = (status, reason, result) => {
    steps[name] = { status, seconds: (performance.now() - started) / 1000, reason, result };
    console.error(`${name}: ${status}${reason ? ` (${reason.trim().split('\n').at(-1)})` : ''}`);
  };
  try {
    const { skipped, reason = null, result = null } = await work();
    done(skipped ? 'skipped' : reason ? 'failed' : 'passed', skipped ?? reason, result);
  } catch (error) {
    done('failed', error.message, null);
  }
}

/** Output of a child that must succeed. */
async function output(child) {
  const { code, output: text } = await child;
  if (code !== 0) throw new Error(text.trim().slice(-2000) || `exit code ${code}`);
  return text;
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        checkpoint: { type: 'string' },
        out: { type: 'string', default: 'verify-3b.json' },
        mmad: { type: 'string' },
        'mmad-count': { type: 'string', default: '100' },
        path: { type: 'string', default: 'engine' },
        backend: { type: 'string', default: 'auto' },
        scheme: { type: 'string', default: 'q4' },
        least: { type: 'string', default: '0.98' },
        tokens: { type: 'string', default: '64' },
        'max-pixels': { type: 'string', default: '200704' },
        python: { type: 'string', default: 'python3' },
        work: { type: 'string' },
        'bench-shape': { type: 'string', default: 'qwen2.5-vl-3b' },
        'bench-minutes': { type: 'string', default: '10' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

/** What a missing package means for the user; null for other failures. */
function pythonProblem(text) {
  const [, name] = /No module named '([\w.]+)'/.exec(text) ?? [];
  return name
    ? `${flags.python} has no package ${name}. Install it with "${flags.python} -m pip install -r scripts/requirements-golden.txt", or name another Python with --python.`
    : null;
}

/** The JSON object at the end of a program's output: progress comes before it. */
function lastJson(text) {
  const start = text.startsWith('{') ? 0 : text.indexOf('\n{') + 1;
  return JSON.parse(text.slice(start, text.lastIndexOf('}') + 1));
}

await step('golden', async () => {
  const files = images.map((name) => path.join(root, 'public', 'samples', `${name}.jpg`));
  const args = ['scripts/verify-3b/make_golden.py', '--checkpoint', checkpoint, '--out', golden];
  const sizes = ['--new-tokens', flags.tokens, '--max-pixels', flags['max-pixels']];
  const { code, output: text } = await run(flags.python, [...args, ...sizes, ...files], { capture: true });
  if (code === -1) throw new Error(`${flags.python} cannot be started (${text}). Name a Python with --python.`);
  if (code !== 0) throw new Error(pythonProblem(text) ?? (text.trim().slice(-2000) || `exit code ${code}`));
  return { result: { images } };
});
await step('convert', async () => {
  const text = await output(agentiad('convert', '--from', checkpoint, '--to', model, '--scheme', flags.scheme));
  return { result: lastJson(text) };
});
await step('parity', async () => {
  if (!hasPassed('golden')) return { skipped: 'there are no golden logits' };
  const backend = flags.path === 'model' ? ['--backend', flags.backend] : [];
  const { code, output: text } = await agentiad('parity', golden, '--path', flags.path, ...backend);
  const cases = parityCases(text);
  if (cases.length !== images.length) throw new Error(text.trim().slice(-2000));
  return { reason: code === 0 ? null : 'not within tolerance', result: { path: flags.path, cases } };
});
await step('agreement', async () => {
  if (!hasPassed('golden')) return { skipped: 'there are no golden tokens' };
  if (!hasPassed('convert')) return { skipped: 'there is no converted model' };
  const where = ['--golden', golden, '--model', model, '--path', flags.path, '--backend', flags.backend];
  const result = lastJson(await output(script('agreement.ts', ...where)));
  const isEnough = result.top1 >= leastAgreement;
  const reason = `int4 chooses the same token at ${(100 * result.top1).toFixed(1)} % of the steps, below ${100 * leastAgreement} %`;
  return { reason: isEnough ? null : reason, result: { ...result, least: leastAgreement } };
});
await step('mmad', async () => {
  if (!flags.mmad) return { skipped: 'no --mmad given' };
  if (!hasPassed('convert')) return { skipped: 'there is no converted model' };
  const manifest = path.join(work, 'mmad.jsonl');
  const rows = sampleMmad(path.resolve(flags.mmad), work, Number(flags['mmad-count']));
  writeFileSync(manifest, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const file = path.join(work, 'mmad-report.json');
  const args = ['--data', manifest, '--limit', flags['mmad-count'], '--model', model, '--backend', flags.backend];
  await output(agentiad('eval', ...args, '--out', file));
  return { result: JSON.parse(readFileSync(file, 'utf8')) };
});
await step('bench', async () => {
  if (flags['bench-shape'] === 'none') return { skipped: '--bench-shape none' };
  const file = path.join(work, 'bench.json');
  await output(agentiad('bench', '--shape', flags['bench-shape'], '--budget', flags['bench-minutes'], '--out', file));
  return { result: JSON.parse(readFileSync(file, 'utf8')) };
});

const report = {
  format: 'agentiad-verify-3b',
  version: 1,
  date: new Date().toISOString(),
  checkpoint: steps['convert']?.result?.card ?? null,
  machine: { node: process.version, platform: `${process.platform} ${process.arch}`, cpus: os.cpus().length },
  settings: { path: flags.path, scheme: flags.scheme, tokens: Number(flags.tokens) },
  passed: Object.values(steps).every(({ status }) => status !== 'failed'),
  steps,
};
const { Ajv2020 } = createRequire(path.join(root, 'packages', 'train', 'package.json'))('ajv/dist/2020.js');
const validate = new Ajv2020({ strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('report.schema.json', import.meta.url), 'utf8')),
);
const isValid = validate(report);
if (!isValid) console.error('The report does not follow its schema:', validate.errors);
writeFileSync(out, `${JSON.stringify(report, null, 2)}\n`);
if (!flags.work) rmSync(work, { recursive: true, force: true });
console.error(`${report.passed ? 'PASSED' : 'FAILED'}, report in ${out}`);
process.exitCode = report.passed && isValid ? 0 : 1;

/** Cases as `agentiad parity` prints them. */
function parityCases(text) {
  /** @type {{ name: string, passed: boolean, tensors: object[], greedy: object | null }[]} */
  const cases = [];
  for (const line of text.split('\n')) {
    const [, verdict, name] = /^(PASS|FAIL) .*\/(.+)$/.exec(line) ?? [];
    if (verdict && name) cases.push({ name, passed: verdict === 'PASS', tensors: [], greedy: null });
    const [, tensor, maxAbs, relative] = /^ {2}(\w+) +max abs (\S+) +relative (\S+)/.exec(line) ?? [];
    if (tensor) cases.at(-1)?.tensors.push({ name: tensor, maxAbs: Number(maxAbs), relative: Number(relative) });
    const [, agreed, steps] = /^ {2}generated_ids +(\d+) of (\d+) agree/.exec(line) ?? [];
    const last = cases.at(-1);
    if (agreed && last) last.greedy = { agreed: Number(agreed), steps: Number(steps) };
  }
  return cases;
}
