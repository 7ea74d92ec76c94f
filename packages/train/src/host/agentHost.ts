/** Everything an inspection needs from Node: backend, model, feature tower, clock, ids. */
import { randomUUID } from 'node:crypto';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { createAgentRuntime, type OpenedRuntime } from '@agentiad/core/agent/runtime.ts';
import { createFittingEngine } from '@agentiad/core/engine/fittingEngine.ts';
import type { LoadedModel } from '@agentiad/core/model/loadModel.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { selectEngineBackend, type BackendName, type SelectedBackend } from './backend.ts';
import { throwUncaught } from './device.ts';
import { openFolder } from './folderSource.ts';
import { limitViews } from './limitViews.ts';
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
  /** Area of every view, at most. */
  readonly viewPixels?: number;
}): Promise<AgentHost> {
  let loaded: LoadedModel | null = null;
  let selected: SelectedBackend | null = null;
  const runtime = await createAgentRuntime(async (lowMemory) => {
    let isLost = false;
    selected = await selectEngineBackend(options.backend, (error) => {
      if (error instanceof UserError && error.code === 'device-lost') isLost = true;
      else throwUncaught(error);
    });
    try {
      loaded ??= await loadModelFolder(options.model);
      return { ...(await openOn(selected, loaded, options.tower, lowMemory)), isLost: () => isLost };
    } catch (error) {
      // A GPU that nobody lets go of keeps Node alive after the error was told.
      await selected.dispose();
      throw error;
    }
  });
  const { processor, chatTemplate } = loaded!;
  const { backend, adapter } = selected!;
  return {
    deps: {
      model: {
        get backbone() {
          return runtime.backbone;
        },
        processor: limitViews(processor, options.viewPixels),
        chatTemplate,
      },
      match: (library) => runtime.match(library),
      get tower() {
        return runtime.tower;
      },
      recovery: runtime.recovery,
      clock: () => performance.now(),
      now: () => new Date().toISOString(),
      newId: () => randomUUID(),
      runtime: { backend, adapter },
    },
    dispose: () => runtime.dispose(),
  };
}

/** Model and tower on the chosen backend; the engine runs the model where there is a GPU device. */
async function openOn(
  selected: SelectedBackend,
  loaded: LoadedModel,
  towerFolder: string,
  lowMemory: boolean,
): Promise<Omit<OpenedRuntime, 'isLost'>> {
  const backbone = selected.gpu
    ? await createFittingEngine({
        device: selected.gpu.device,
        loaded,
        encoded: loaded.encoded,
        options: { lowMemory },
      })
    : await createBackbone(loaded);
  const tower = await createTower(openFolder(towerFolder)).catch((error: unknown) => {
    backbone.dispose();
    throw error;
  });
  return {
    backbone,
    tower,
    async dispose() {
      backbone.dispose();
      tower.dispose();
      await selected.dispose();
    },
  };
}
