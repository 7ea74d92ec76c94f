/** What `--data` of an evaluation may name: held-out generated parts, held-out DeepPCB boards, a folder or a manifest. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';
import { deepPcbCases, readDeepPcb } from '../data/deepPcbSource.ts';
import { folderCases } from '../data/folderSource.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import { MANIFEST_SPLITS } from '@agentiad/core/protocol/manifest.ts';
import { readManifest } from '../data/manifest.ts';
import { manifestCases } from '../data/manifestSource.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { shuffled } from '../data/split.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { familiesOf } from '../parts/split.ts';
import { splitBoards } from '../trajectories/cases.ts';

export interface TestRequest {
  readonly data: string;
  readonly limit: number;
  readonly seed: number;
  readonly exemplars: number;
  /** Rows of a manifest to evaluate; default: all that are not training rows. Other sources have their own test split. */
  readonly split?: ManifestSplit;
}

/** Share of the DeepPCB boards that no run of ours trains on. */
export const HELD_OUT_BOARDS = 0.2;

/** Designs per generated family: enough to speak for the family, few enough to share library features. */
const DESIGNS = 12;

export const DATA_HELP =
  'procedural:test (held-out designs), procedural:held-out (held-out families), deeppcb:MANIFEST (held-out boards), ' +
  'deeppcb-misaligned:MANIFEST, an MVTec-style folder, or a manifest.jsonl';

/** Throws a UserError for data that is not there and for a name that means nothing. */
export async function openTestCases(request: TestRequest): Promise<LabelledCase[]> {
  const { data, limit, seed } = request;
  const source = sourceOf(data);
  if (source.kind === 'procedural') {
    const cases = proceduralCases({ ...proceduralRequest(source.families, request), split: 'test', count: limit });
    return cases.toSorted((a, b) => (a.category < b.category ? -1 : a.category > b.category ? 1 : 0));
  }
  if (source.kind === 'deeppcb') return boardCases(source, 'heldOut', request, limit);
  const drawn = draw(await fileCases(request), 'test cases', seed, limit);
  const labels = new Set(drawn.map(({ label }) => label));
  if (labels.size === 2) return drawn;
  throw new UserError({
    code: 'data-one-label',
    subject: data,
    reason: `the ${drawn.length} cases are all ${[...labels].join()}.`,
    remedy: 'An evaluation needs good and defective parts; raise --limit or add the missing ones.',
  });
}

/**
 * Cases of the same source that are not under test, for thresholds; empty where there are none. For held-out families
 * these are parts of the training families.
 */
export async function openTrainingCases(request: TestRequest): Promise<LabelledCase[]> {
  const { data, limit, seed } = request;
  const source = sourceOf(data);
  if (source.kind === 'procedural') {
    return proceduralCases({ ...proceduralRequest('test', request), split: 'train', count: limit });
  }
  if (source.kind === 'deeppcb') return boardCases(source, 'train', request, limit);
  return draw(await fileTrainingCases(request), 'training cases', seed, limit);
}

type Source =
  | { readonly kind: 'procedural'; readonly families: 'test' | 'held-out' }
  | { readonly kind: 'deeppcb'; readonly manifest: string; readonly isMisaligned: boolean }
  | { readonly kind: 'files' };

function sourceOf(data: string): Source {
  const [kind, rest] = splitOnce(data);
  if (kind === 'deeppcb' || kind === 'deeppcb-misaligned') {
    return { kind: 'deeppcb', manifest: path.resolve(rest), isMisaligned: kind === 'deeppcb-misaligned' };
  }
  if (kind !== 'procedural') return { kind: 'files' };
  if (rest === 'test' || rest === 'held-out') return { kind, families: rest };
  throw new UserError({
    code: 'data-unknown',
    subject: data,
    reason: 'there are no such generated parts.',
    remedy: 'Use procedural:test or procedural:held-out.',
  });
}

function proceduralRequest(families: 'test' | 'held-out', { seed, exemplars }: TestRequest) {
  return {
    families: familiesOf(families === 'held-out' ? 'heldOut' : 'train'),
    seed,
    exemplars,
    designsPerFamily: DESIGNS,
  };
}

async function boardCases(
  { manifest, isMisaligned }: Extract<Source, { kind: 'deeppcb' }>,
  side: 'train' | 'heldOut',
  { seed, exemplars }: TestRequest,
  count: number,
): Promise<LabelledCase[]> {
  const split = await splitBoards({ manifest, heldOutShare: HELD_OUT_BOARDS });
  const scans = await readDeepPcb(manifest);
  return deepPcbCases(scans, { count, seed, boards: split[side], exemplarCount: exemplars, isMisaligned });
}

/** Folder or manifest: what is under test. */
async function fileCases(request: TestRequest): Promise<LabelledCase[]> {
  const { data, seed, exemplars } = request;
  if (await isFolder(data)) return folderCases(data, folderOptions(request));
  const splits = request.split ? [request.split] : MANIFEST_SPLITS.filter((split) => split !== 'train');
  return manifestCases(data, { splits, exemplarCount: exemplars, seed });
}

async function fileTrainingCases(request: TestRequest): Promise<LabelledCase[]> {
  const { data, seed, exemplars } = request;
  if (await isFolder(data)) {
    const all = await folderCases(data, { ...folderOptions(request), includeTrain: true });
    const tested = new Set((await folderCases(data, folderOptions(request))).map(({ id }) => id));
    return all.filter(({ id }) => !tested.has(id));
  }
  const { rows } = await readManifest(data);
  if (request.split === 'train' || !rows.some(({ split }) => split === 'train')) return [];
  const cases = await manifestCases(data, { splits: ['train'], exemplarCount: exemplars, seed });
  return cases.filter((example) => example.exemplars.exemplars.length > 0);
}

async function isFolder(data: string): Promise<boolean> {
  return (await stat(data).catch(() => null))?.isDirectory() ?? false;
}

function folderOptions({ data, seed, exemplars }: TestRequest) {
  return { category: path.basename(path.resolve(data)), exemplarCount: exemplars, seed };
}

function draw(cases: readonly LabelledCase[], name: string, seed: number, limit: number): LabelledCase[] {
  return shuffled(cases, createRandom(mixSeed(name, seed))).slice(0, limit);
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
