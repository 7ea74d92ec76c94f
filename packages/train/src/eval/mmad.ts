/** MMAD's questions beside a manifest: whether they are there, who answers them, and their scores both ways. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { readImage } from '../data/imageFile.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { readManifest } from '../data/manifest.ts';
import type { MmadRecord } from '../data/mmadQuestions.ts';
import { questionsFile, readMmadQuestions } from '../data/mmadQuestions.ts';
import type { EvalDocument } from './document.ts';
import { NOT_MEASURED } from './document.ts';
import type { Outcome } from './evaluate.ts';
import { askModel, repliesOfAgent } from './mmadReplies.ts';
import { scoreByScript, scoreStrictly } from './mmadScore.ts';

export interface MmadFlags {
  /** Left out: read off the verdicts where there are questions. */
  readonly mmad?: 'agent' | 'ask';
  /** `random` is the benchmark's 1-shot default, `similar` its other setting, `none` its 0-shot. */
  readonly mmadTemplates: 'none' | 'random' | 'similar';
}

export interface Mmad {
  /** The benchmark's own data set of a case; its source where it is no case of the benchmark. */
  datasetOf(example: LabelledCase): string;
  score(
    outcomes: readonly Outcome[],
    model: LoadedModel,
    onProgress: (stage: string, done: number, of: number) => void,
  ): Promise<EvalDocument['mmad']>;
}

/** Throws a UserError when questions are asked for and there are none beside the manifest. */
export async function openMmad(data: string, { mmad, mmadTemplates }: MmadFlags): Promise<Mmad> {
  const file = questionsFile(data);
  const isThere =
    data.endsWith('.jsonl') &&
    (await access(file).then(
      () => true,
      () => false,
    ));
  if (!isThere && mmad) {
    throw new UserError({
      code: 'mmad-questions',
      subject: data,
      reason: `there are no MMAD questions beside it (${path.basename(file)}).`,
      remedy: 'Import the benchmark with `agentiad data import --dataset mmad`, or leave --mmad out.',
    });
  }
  const records = isThere ? await readMmadQuestions(file) : [];
  const manifest = isThere ? await readManifest(data) : null;
  const datasets = new Map(records.map(({ id, dataset }): [string, string] => [id, dataset]));
  const rows = new Map(manifest?.rows.map((row): [string, ManifestRow] => [row.id, row]));
  const openImages = async (record: MmadRecord) => {
    const names = mmadTemplates === 'none' ? [] : record[`${mmadTemplates}Templates`].slice(0, 1);
    const load = async (name: string) => (await readImage(path.resolve(path.dirname(file), name))).raster;
    const part = (await readImage(manifest!.resolve(rows.get(record.id)!.image))).raster;
    return { part, templates: await Promise.all(names.map(load)) };
  };
  return {
    datasetOf: ({ id, source }) => datasets.get(id) ?? source,
    async score(outcomes, model, onProgress) {
      const ids = new Set(outcomes.map(({ id }) => id));
      const own = records.filter(({ id }) => ids.has(id));
      if (own.length === 0) return NOT_MEASURED;
      const replies =
        mmad === 'ask'
          ? await askModel(own, openImages, model, (done) => onProgress('MMAD questions', done, own.length))
          : repliesOfAgent(own, outcomes);
      return { replies: mmad ?? 'agent', script: scoreByScript(replies), strict: scoreStrictly(replies) };
    },
  };
}
