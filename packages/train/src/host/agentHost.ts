/** Everything an inspection needs from Node: backend, model, feature tower, clock, ids. */
import { randomUUID } from 'node:crypto';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { BackendName, SelectedBackend } from './backend.ts';
import { selectBackend } from './backend.ts';
import { openFolder } from './folderSource.ts';
import { loadModelFolder } from './loadModel.ts';

export interface AgentHost {
  readonly deps: InspectionDeps;
  dispose(): Promise<void>;
}

/** Throws a UserError when the backend does not start or the model or the tower is damaged. */
export async function openAgentHost(options: {
  readonly backend: BackendName;
  readonly model: string;
  readonly tower: string;
}): Promise<AgentHost> {
  const selected = await selectBackend(options.backend);
  try {
    return await openOn(selected, options);
  } catch (error) {
    // A GPU that nobody lets go of keeps Node alive after the error was told.
    await selected.dispose();
    throw error;
  }
}

async function openOn(
  selected: SelectedBackend,
  options: { readonly model: string; readonly tower: string },
): Promise<AgentHost> {
  const loaded = await loadModelFolder(options.model);
  const backbone = await createBackbone(loaded);
  const tower = await createTower(openFolder(options.tower));
  const matches = new WeakMap<ExemplarSet, LibraryMatch>();
  return {
    deps: {
      model: { backbone, processor: loaded.processor, chatTemplate: loaded.chatTemplate },
      match: (library) => {
        const known = matches.get(library) ?? createLibraryMatch({ tower, set: library });
        matches.set(library, known);
        return known;
      },
      clock: () => performance.now(),
      now: () => new Date().toISOString(),
      newId: () => randomUUID(),
      runtime: { backend: selected.backend, adapter: selected.adapter },
    },
    async dispose() {
      backbone.dispose();
      tower.dispose();
      await selected.dispose();
    },
  };
}
