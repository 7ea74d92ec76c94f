/** Model, feature tower and the device under them, opened anew when the device is lost. */
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import { createAgentRuntime, type AgentRuntime, type OpenedRuntime } from '@agentiad/core/agent/runtime.ts';
import { measureStepSpeed, type StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import type { AbortSignalLike } from '@agentiad/core/model/backbone.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { FeatureStore } from '@agentiad/core/tools/difference/featureStore.ts';
import type { FeatureTower } from '@agentiad/core/tools/difference/featureTower.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { chooseBackend, type ChosenBackend } from './device.ts';
import type { BackendInfo, LoadPhase, StartOptions } from './messages.ts';
import { loadAgent, loadTower } from './models.ts';

export interface Inspector {
  readonly backend: BackendInfo;
  readonly towerSha256: string;
  readonly model: InspectionDeps['model'];
  readonly deps: Pick<InspectionDeps, 'model' | 'match' | 'tower' | 'recovery' | 'runtime'>;
  readonly health: AgentRuntime['health'];
  /** How fast each kind of step is here; null when `signal` ended measuring, or there was no room for it. */
  measure(signal: AbortSignalLike): Promise<StepSpeed | null>;
  /** Throws when the graphics device reported a mistake of ours: the results since then are worth nothing. */
  check(): void;
  dispose(): Promise<void>;
}

/** Throws a UserError when the backend does not start or a model does not load. */
export async function openInspector(
  { base, backend: wanted, modelId }: StartOptions,
  onPhase: (phase: LoadPhase) => void,
  featuresOf: (set: ExemplarSet) => FeatureStore,
): Promise<Inspector> {
  let opened: {
    readonly backend: ChosenBackend;
    readonly tower: FeatureTower;
    readonly model: InspectionDeps['model'];
  } | null = null;
  let mistake: Error | null = null;

  const open = async (lowMemory: boolean): Promise<OpenedRuntime> => {
    onPhase({ step: 'choosing', bytes: null, share: null });
    let isLost = false;
    mistake = null;
    const backend = await chooseBackend(wanted, (error) => {
      if (error instanceof UserError && error.code === 'device-lost') isLost = true;
      else mistake = error;
    });
    let loaded: FeatureTower | null = null;
    try {
      const tower = await loadTower(base, onPhase);
      loaded = tower;
      const model = await loadAgent({ base, modelId, backend, lowMemory }, onPhase);
      opened = { backend, model, tower };
      return {
        backbone: model.backbone,
        tower,
        isLost: () => isLost,
        async dispose() {
          model.backbone.dispose();
          tower.dispose();
          backend.dispose();
        },
      };
    } catch (error) {
      loaded?.dispose();
      backend.dispose();
      throw error;
    }
  };

  const runtime = await createAgentRuntime(open, featuresOf);
  const { processor, chatTemplate } = opened!.model;
  const model = {
    get backbone() {
      return runtime.backbone;
    },
    processor,
    chatTemplate,
  };
  return {
    get backend() {
      return opened!.backend.info;
    },
    get towerSha256() {
      return opened!.tower.sha256;
    },
    model,
    deps: {
      model,
      match: (set) => runtime.match(set),
      get tower() {
        return runtime.tower;
      },
      recovery: runtime.recovery,
      get runtime() {
        const { name, adapter } = opened!.backend.info;
        return { backend: name, adapter };
      },
    },
    health: (set, watch) => runtime.health(set, watch),
    async measure(signal) {
      const { backbone } = runtime;
      try {
        return await measureStepSpeed({
          backbone,
          processor,
          tower: opened!.tower,
          clock: () => performance.now(),
          signal,
        });
      } catch (error) {
        // A model may fit without any room to measure beside it.
        if (error instanceof UserError && error.code === 'gpu-out-of-memory') return null;
        throw error;
      }
    },
    check() {
      if (mistake) throw mistake;
    },
    dispose: () => runtime.dispose(),
  };
}
