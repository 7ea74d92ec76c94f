/** Whether a container can be a whole model once its files are here: told by its manifest, before anything is stored. */
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { manifestFile, type ContainerManifest } from '@agentiad/core/model/containerManifest.ts';
import { requiredFiles } from '@agentiad/core/model/convertCheckpoint.ts';
import { checkTensor, parameterShapes } from '@agentiad/core/model/params.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { journalFile } from './journal.ts';
import { recordFile } from './modelRecord.ts';

/** Throws a UserError when a tensor or file is missing, or when a file would take the place of one of the store's own. */
export function checkComplete({ config, tensors, chunks, files }: ContainerManifest): void {
  const table = { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])) };
  for (const [name, shape] of parameterShapes(parseModelConfig(config))) checkTensor(table, name, shape);
  const names = new Set([...chunks, ...files].map(({ path }) => path));
  const missing = requiredFiles.find((path) => !names.has(path));
  if (missing) throw badManifest(`lists no ${missing}.`);
  const taken = [journalFile, recordFile].find((path) => names.has(path));
  if (taken) throw badManifest(`names a file ${taken}, which is the name of one of this program's own.`);
}

function badManifest(reason: string): UserError {
  const remedy = 'Convert the model again with `agentiad convert`.';
  return new UserError({ code: 'bad-manifest', subject: manifestFile, reason, remedy });
}
