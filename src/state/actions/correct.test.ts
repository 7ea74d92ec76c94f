// @vitest-environment node
import 'fake-indexeddb/auto';
import { runScript } from '@agentiad/core/agent/testing.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { hashVerdict } from '@agentiad/core/protocol/hashVerdict.ts';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { loadStored } from './boot.ts';
import { redoLast, undoLast } from './changes.ts';
import {
  addCorrected,
  beginCorrecting,
  changeCorrected,
  confirmCorrection,
  corrected,
  dropCorrection,
  labelCorrected,
  nudgeCorrected,
  removeCorrected,
  selectCorrected,
} from './correct.ts';
import { decide } from './decide.ts';
import { deleteRun } from './deleteRun.ts';
import { saveLabelledSet } from './labelledSet.ts';
import { importTrace } from './traces.ts';

const answer = '<answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": []}</answer>';
const { trace } = await runScript({ turns: [() => ({ text: answer, score: 0.9 })] });

async function studioWithRun() {
  const studio = createTestStudio();
  await importTrace(studio, JSON.stringify(trace), 'run.json');
  studio.preferences.setState({ author: 'Li' });
  const state = () => studio.store.getState();
  const runId = state().current!.runId;
  return { studio, state, runId, kept: () => state().corrections[runId] };
}

describe('correcting', () => {
  it('keeps boxes with who, when and of which verdict, which stays as it was', async () => {
    const { studio, state, runId, kept } = await studioWithRun();
    beginCorrecting(studio);
    await addCorrected(studio, [1, 2, 11, 12]);
    await changeCorrected(studio, 0, { type: 'dent' });
    const { verdict } = state().current!.trace!;
    expect(kept()).toEqual({
      runId,
      label: 'anomalous',
      regions: [{ box: [1, 2, 11, 12], type: 'dent' }],
      author: 'Li',
      at: '2026-05-01T12:00:00.000Z',
      verdictSha256: hashVerdict(verdict),
    });
    expect(verdict).toEqual(trace.verdict);
    expect(await studio.storage.listCorrections()).toEqual([kept()]);
  });

  it('is undone and redone; the presses of one arrow key are one change', async () => {
    const { studio, kept } = await studioWithRun();
    beginCorrecting(studio);
    await addCorrected(studio, [4, 4, 14, 14]);
    for (let press = 0; press < 3; press += 1) await nudgeCorrected(studio, 'move', 1, 0);
    await nudgeCorrected(studio, 'resize', 0, 1);
    expect(kept()!.regions[0]!.box).toEqual([7, 4, 17, 15]);
    await undoLast(studio);
    expect(kept()!.regions[0]!.box).toEqual([7, 4, 17, 14]);
    await undoLast(studio);
    expect(kept()!.regions[0]!.box).toEqual([4, 4, 14, 14]);
    await undoLast(studio);
    expect(kept()).toBeUndefined();
    expect(await studio.storage.listCorrections()).toEqual([]);
    await redoLast(studio);
    expect(await studio.storage.listCorrections()).toEqual([kept()]);
  });

  it('deletes boxes one after the other, says good, and is taken back', async () => {
    const { studio, state, kept } = await studioWithRun();
    beginCorrecting(studio);
    await addCorrected(studio, [0, 0, 5, 5]);
    await addCorrected(studio, [5, 5, 9, 9]);
    selectCorrected(studio, 0);
    await removeCorrected(studio, 0);
    expect(state().correcting!.selected).toBe(0);
    expect(kept()!.regions.map(({ box }) => box)).toEqual([[5, 5, 9, 9]]);
    await labelCorrected(studio, 'normal');
    expect(kept()).toMatchObject({ label: 'normal', regions: [] });
    await dropCorrection(studio);
    expect(kept()).toBeUndefined();
    expect(corrected(state())).toMatchObject({ label: 'anomalous' });
  });

  it('survives a reload, and the deletion of its run when that is undone', async () => {
    const { studio, state, runId, kept } = await studioWithRun();
    beginCorrecting(studio);
    await confirmCorrection(studio);
    expect(state().correcting).toBeNull();
    const before = kept();
    studio.store.setState({ corrections: {} });
    await loadStored(studio);
    expect(kept()).toEqual(before);
    await deleteRun(studio, runId);
    expect(kept()).toBeUndefined();
    await undoLast(studio);
    expect(await studio.storage.listCorrections()).toEqual([before]);
  });
});

describe('a run that is deleted', () => {
  it('comes back with the correction and the decision that were made while it was being deleted', async () => {
    const { studio, state, runId } = await studioWithRun();
    const { loadRun } = studio.storage;
    beginCorrecting(studio);
    Object.assign(studio.storage, {
      async loadRun(id: string) {
        const found = await loadRun(id);
        await labelCorrected(studio, 'normal');
        return found;
      },
    });
    await deleteRun(studio, runId);
    Object.assign(studio.storage, { loadRun });
    expect(state().corrections).toEqual({});
    expect(await studio.storage.listCorrections()).toEqual([]);
    await undoLast(studio);
    expect(state().corrections[runId]).toMatchObject({ label: 'normal' });
    expect(await studio.storage.listCorrections()).toMatchObject([{ runId, label: 'normal' }]);
  });
});

describe('the labelled set', () => {
  const rowsOf = async (studio: Awaited<ReturnType<typeof studioWithRun>>['studio']) => {
    const blob = studio.savedFiles.get('labelled-2026-05-01.zip')!;
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    const lines = strFromU8(files['manifest.jsonl']!).trim().split('\n');
    return { files, rows: lines.map((line) => JSON.parse(line) as ManifestRow) };
  };

  it('has the corrected boxes with the image file unchanged; what is validated on is not trained on', async () => {
    const { studio, state } = await studioWithRun();
    const { sha256, name } = state().current!;
    studio.files.set(sha256, new Uint8Array([1, 2, 3]).buffer);
    await decide(studio, 'good');
    beginCorrecting(studio);
    await labelCorrected(studio, 'anomalous');
    await addCorrected(studio, [1, 2, 11, 12]);
    await changeCorrected(studio, 0, { type: 'dent' });
    await saveLabelledSet(studio, state().history, { withGoodParts: true });
    const { files, rows } = await rowsOf(studio);
    expect(rows).toMatchObject([{ label: 'anomalous', type: 'dent', boxes: [[1, 2, 11, 12, 'dent']], split: 'train' }]);
    expect(files[rows[0]!.image]).toEqual(new Uint8Array([1, 2, 3]));

    const category = state().history[0]!.category!;
    const added = '2026-01-01T00:00:00.000Z';
    await studio.storage.putLabelled([
      { id: 'l', category, name, sha256, truth: 'anomalous', type: null, source: null, added },
    ]);
    await saveLabelledSet(studio, state().history, { withGoodParts: false });
    expect((await rowsOf(studio)).rows[0]!.split).toBe('validation');
  });

  it('tells how an image of more than 8 bits was reduced to what its inspector saw', async () => {
    const studio = createTestStudio();
    const windowLevel = { low: 12, high: 4000, rule: 'chosen' } as const;
    const image = { ...trace.verdict.image, bitDepth: 16, windowLevel };
    await importTrace(studio, JSON.stringify({ ...trace, verdict: { ...trace.verdict, image } }), 'deep.json');
    studio.files.set(image.sha256, new Uint8Array([1, 2, 3]).buffer);
    await decide(studio, 'good');
    await saveLabelledSet(studio, studio.store.getState().history, { withGoodParts: false });
    expect((await rowsOf(studio)).rows).toMatchObject([{ label: 'normal', windowLevel }]);
  });

  it('says what is missing: nothing decided, files gone', async () => {
    const { studio, state } = await studioWithRun();
    await saveLabelledSet(studio, state().history, { withGoodParts: false });
    await decide(studio, 'defect');
    await saveLabelledSet(studio, state().history, { withGoodParts: false });
    expect(noticeCodes(studio)).toEqual(['labelled-set-empty', 'labelled-set-incomplete']);
    expect(studio.savedFiles.size).toBe(0);
  });
});
