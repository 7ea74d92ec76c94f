/** Tests only: what must hold of everything that is stored, however the page came to its end. */
import { faultOf } from '../storage/backup/shapes.ts';
import { RECORD_STORES, type Records } from '../storage/whole.ts';

export interface Stored {
  readonly records: Records;
  readonly assets: readonly string[];
  readonly thumbs: readonly string[];
}

/** Half-written records, by name; none is as it must be. */
export function faultsOf({ records, assets, thumbs }: Stored): string[] {
  const [files, pictures] = [new Set(assets), new Set(thumbs)];
  const faults: string[] = [];
  const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id));
  const [runs, validations] = [ids(records.runs), ids(records.validations)];
  const traces = new Map(records.traces.map((trace) => [trace.runId, trace]));
  for (const store of RECORD_STORES)
    for (const record of records[store]) {
      const fault = faultOf(store, record);
      if (fault) faults.push(`${store}: ${fault}`);
    }
  for (const { id, status } of records.runs) {
    const trace = traces.get(id);
    if (!trace) faults.push(`run ${id} has no trace`);
    else if (status === 'complete' && !trace.trace.verdict) faults.push(`run ${id} is complete without a verdict`);
  }
  for (const { runId, assets: wanted } of records.traces) {
    if (!runs.has(runId)) faults.push(`trace of no run ${runId}`);
    for (const sha256 of Object.keys(wanted)) if (!files.has(sha256)) faults.push(`trace ${runId} lacks ${sha256}`);
  }
  for (const [kind, list] of Object.entries({ exemplar: records.exemplars, labelled: records.labelled }))
    for (const { id, sha256 } of list) {
      if (!files.has(sha256)) faults.push(`${kind} ${id} has no file`);
      if (!pictures.has(sha256)) faults.push(`${kind} ${id} has no small picture`);
    }
  for (const { sha256 } of records.queue) if (!files.has(sha256)) faults.push(`waiting image ${sha256} has no file`);
  for (const { runId, validationId, score } of records.outcomes) {
    // A failed inspection has no trace to keep.
    if (score !== null && !runs.has(runId)) faults.push(`outcome of no run ${runId}`);
    if (!validations.has(validationId)) faults.push(`outcome of no validation ${validationId}`);
  }
  for (const { runId } of [...records.decisions, ...records.corrections])
    if (!runs.has(runId)) faults.push(`decision on no run ${runId}`);
  for (const { id, version } of records.recipes)
    if (!records.recipeVersions.some((old) => old.id === id && old.version === version))
      faults.push(`recipe ${id} ${version} is not among its versions`);
  return faults;
}
