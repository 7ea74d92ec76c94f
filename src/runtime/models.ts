/** Loads what inspects: the feature tower the page ships, and the agent's model, shipped with the page or stored here. */
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import type { EnginePhase } from '@agentiad/core/engine/engine.ts';
import { createFittingEngine } from '@agentiad/core/engine/fittingEngine.ts';
import { loadModel } from '@agentiad/core/model/loadModel.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { parameterCount } from '@agentiad/core/model/params.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { FeatureTower } from '@agentiad/core/tools/difference/featureTower.ts';
import { createTower } from '@agentiad/core/tools/difference/tower.ts';
import { browserSha256 } from '../modelStore/checkedFile.ts';
import { createOpfsDisk } from '../modelStore/opfsDisk.ts';
import { openStoredModel } from '../modelStore/storedModel.ts';
import { createFetchSource } from './fetchSource.ts';
import type { ChosenBackend } from './device.ts';
import type { LoadPhase, LoadStep } from './messages.ts';
import { whatIsLacking } from './modelFit.ts';

type OnPhase = (phase: LoadPhase) => void;

/** `base` is the page's folder, ending in `/`. Throws a UserError when a file is missing or damaged. */
export function loadTower(base: string, onPhase: OnPhase): Promise<FeatureTower> {
  return createTower(shipped(base, 'tower', 'tower', onPhase));
}

/**
 * The model `modelId` of the model store, or the shipped one: on the engine where there is a device, else on
 * TensorFlow.js. Throws a UserError when it cannot be used here.
 */
export async function loadAgent(
  {
    base,
    modelId,
    backend,
    lowMemory,
  }: {
    readonly base: string;
    readonly modelId: string | null;
    readonly backend: ChosenBackend;
    /** The device ran out of memory before. */
    readonly lowMemory: boolean;
  },
  onPhase: OnPhase,
): Promise<LoadedModel> {
  const opened =
    modelId === null
      ? await loadModel(shipped(base, 'nano', 'agent', onPhase), 'models/nano', hashOf())
      : await loadModel(counted(await openStoredModel(createOpfsDisk(), modelId), onPhase), modelId, hashOf());
  // The engine itself tells what the device's limits lack.
  const lacking = whatIsLacking({ parameters: parameterCount(opened.config), undividedBytes: 0 }, backend.info);
  if (lacking) throw tooMuch(opened.card.name, lacking);
  const { processor, chatTemplate } = opened;
  onPhase({ step: 'preparing', bytes: null, share: null });
  const { device } = backend;
  if (!device) return { backbone: await createBackbone(opened), processor, chatTemplate };
  const backbone = await createFittingEngine({
    device,
    loaded: opened,
    encoded: opened.encoded,
    options: { lowMemory },
    onPhase: (phase) => onPhase(phaseOf(phase)),
  });
  return { backbone, processor, chatTemplate };
}

function phaseOf(phase: EnginePhase): LoadPhase {
  if (phase.phase === 'preparing') return { step: 'device', bytes: null, share: null };
  return { step: 'upload', bytes: phase.bytes, share: phase.bytes / phase.totalBytes };
}

/** On an insecure origin the browser hides its own. */
function hashOf() {
  return self.isSecureContext ? browserSha256 : undefined;
}

function shipped(base: string, folder: string, step: LoadStep, onPhase: OnPhase): ByteSource {
  return createFetchSource(new URL(`models/${folder}/`, base).href, (bytes) => onPhase({ step, bytes, share: null }));
}

/** Tells how much of a stored model was read. */
function counted(source: ByteSource, onPhase: OnPhase): ByteSource {
  let read = 0;
  return {
    size: (path) => source.size(path),
    async read(path, start, end) {
      const bytes = await source.read(path, start, end);
      read += bytes.length;
      onPhase({ step: 'stored', bytes: read, share: null });
      return bytes;
    },
  };
}

function tooMuch(subject: string, reason: string): UserError {
  return new UserError({
    code: 'model-does-not-fit',
    subject,
    reason: `cannot run here: ${reason}`,
    remedy: 'Choose a smaller model, or open this page where that is there.',
  });
}
