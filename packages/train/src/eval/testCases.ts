/** What `--data` of an evaluation may name: held-out generated parts, held-out DeepPCB boards, a folder or a manifest. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';
import { deepPcbCases, readDeepPcb } from '../data/deepPcbSource.ts';
import { folderCases } from '../data/folderSource.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { manifestCases } from '../data/manifestSource.ts';
import { proceduralCases } from '../data/proceduralSource.ts';
import { shuffled } from '../data/split.ts';
import { mixSeed } from '../parts/noise.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { familiesOf } from '../parts/split.ts';
import { splitBoards } from '../trajectories/cases.ts';

export interface TestRequest {
  readonly data: string;
  readonly limit: number;
  readonly seed: number;
  readonly exemplars: number;
}

/** Share of the DeepPCB boards that no run of ours trains on. */
export const HELD_OUT_BOARDS = 0.2;

/** Designs per generated family: enough to speak for the family, few enough to share library features. */
const DESIGNS = 12;

export const DATA_HELP =
  'procedural:test (held-out designs), procedural:held-out (held-out families), deeppcb:MANIFEST (held-out boards), ' +
  'deeppcb-misaligned:MANIFEST, an MVTec-style folder, or a manifest.jsonl';

/** Throws a UserError for data that is not there and for a name that means nothing. */
export async function openTestCases({ data, limit, seed, exemplars }: TestRequest): Promise<LabelledCase[]> {
  const [kind, rest] = splitOnce(data);
  if (kind === 'procedural') {
    if (rest !== 'test' && rest !== 'held-out') {
      throw new UserError({
        code: 'data-unknown',
        subject: data,
        reason: 'there are no such generated parts.',
        remedy: 'Use procedural:test or procedural:held-out.',
      });
    }
    const isHeldOut = rest === 'held-out';
    const families = familiesOf(isHeldOut ? 'heldOut' : 'train');
    const cases = proceduralCases({
      families,
      split: 'test',
      count: limit,
      seed,
      exemplars,
      designsPerFamily: DESIGNS,
    });
    return cases.toSorted((a, b) => (a.category < b.category ? -1 : a.category > b.category ? 1 : 0));
  }
  if (kind === 'deeppcb' || kind === 'deeppcb-misaligned') {
    const manifest = path.resolve(rest);
    const { heldOut } = await splitBoards({ manifest, heldOutShare: HELD_OUT_BOARDS });
    const isMisaligned = kind === 'deeppcb-misaligned';
    const scans = await readDeepPcb(manifest);
    return deepPcbCases(scans, { count: limit, seed, boards: heldOut, exemplarCount: exemplars, isMisaligned });
  }
  const found = await stat(data).catch(() => null);
  const cases = found?.isDirectory()
    ? await folderCases(data, { category: path.basename(path.resolve(data)), exemplarCount: exemplars, seed })
    : await manifestCases(data);
  const drawn = shuffled(cases, createRandom(mixSeed('test cases', seed))).slice(0, limit);
  const labels = new Set(drawn.map(({ label }) => label));
  if (labels.size === 2) return drawn;
  throw new UserError({
    code: 'data-one-label',
    subject: data,
    reason: `the ${drawn.length} cases are all ${[...labels].join()}.`,
    remedy: 'An evaluation needs good and defective parts; raise --limit or add the missing ones.',
  });
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
