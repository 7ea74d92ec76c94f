/** Saves what people said of inspected images as a labelled set: for training and validation with `agentiad`. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import type { RunRecord } from '../../storage/schema.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import { labelledRuns, manifestRow } from '../labelledSet.ts';
import { enabledExemplars } from '../studioState.ts';

/** One zip of `manifest.jsonl` and the image files, with the good parts each is compared with where that is wanted. */
export async function saveLabelledSet(
  context: StudioContext,
  runs: readonly RunRecord[],
  options: { readonly withGoodParts: boolean },
): Promise<void> {
  await guarded(context, 'The labelled set', async () => {
    const { store, storage, host } = context;
    const state = store.getState();
    const labelled = labelledRuns(runs, state);
    if (labelled.length === 0) throw nothingSaid();
    const { createLabelledSetWriter } = await import('@agentiad/core/protocol/labelledSet.ts');
    const { createLabelledZip } = await import('../labelledZip.ts');
    const zip = createLabelledZip();
    const set = createLabelledSetWriter(zip.put);
    const paths = new Map<string, string | null>();
    // A good part belongs to many images: its file is read once.
    const add = async (name: string, sha256: string): Promise<string | null> => {
      const known = paths.get(sha256);
      if (known !== undefined) return known;
      const bytes = await readFile(context, sha256);
      const path = bytes && (await set.add({ name, sha256, bytes: new Uint8Array(bytes) }));
      paths.set(sha256, path);
      return path;
    };
    const kinds = [...new Set(labelled.flatMap(({ run }) => run.category ?? []))];
    const validatesWith = new Set((await Promise.all(kinds.map(storage.listLabelled))).flat().map((one) => one.sha256));
    const rows: ManifestRow[] = [];
    const missing: string[] = [];
    for (const one of labelled) {
      const { run } = one;
      const image = await add(run.name, run.imageSha256);
      if (image === null) {
        missing.push(run.name);
        continue;
      }
      const exemplars: string[] = [];
      for (const good of options.withGoodParts ? enabledExemplars(state, run.category) : []) {
        // An image is never its own exemplar.
        const path = good.sha256 === run.imageSha256 ? null : await add(good.name, good.sha256);
        if (path !== null) exemplars.push(path);
      }
      rows.push(manifestRow(one, { image, exemplars, windowLevel: await windowSeen(context, run.id) }, validatesWith));
    }
    if (missing.length > 0)
      addNotice(context, {
        code: 'labelled-set-incomplete',
        subject: missing.slice(0, 3).join(', '),
        reason: `${missing.length} of ${labelled.length} images are no longer in this browser’s storage, and are not in the set.`,
        remedy: 'Inspect the files again where they are wanted.',
      });
    if (rows.length === 0) return;
    await set.finish(rows);
    host.saveFile(`labelled-${host.now().toISOString().slice(0, 10)}.zip`, await zip.close());
  });
}

/** How the run reduced its image of more than 8 bits; null: it has 8. */
async function windowSeen({ storage, unsaved }: StudioContext, runId: string): Promise<WindowLevel | null> {
  const { stored } = unsaved.get(runId) ?? (await storage.loadRun(runId)) ?? {};
  return stored?.verdict?.image.windowLevel ?? null;
}

function nothingSaid(): UserError {
  return new UserError({
    code: 'labelled-set-empty',
    subject: 'The labelled set',
    reason: 'nobody decided or corrected any of these inspections yet.',
    remedy: 'Decide whether parts are good or defective, or correct their boxes, then save the set.',
  });
}
