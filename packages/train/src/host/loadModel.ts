/** Opens a model folder on disk. */
import path from 'node:path';
import { loadModel, type LoadedModel } from '@agentiad/core/model/loadModel.ts';
import { openFolder } from './folderSource.ts';
import { nodeSha256 } from './sha256.ts';

/** The model in `folder`: our container or a Hugging Face checkpoint. Throws a UserError for any defect. */
export function loadModelFolder(folder: string): Promise<LoadedModel> {
  return loadModel(openFolder(folder), path.basename(path.resolve(folder)), nodeSha256);
}
