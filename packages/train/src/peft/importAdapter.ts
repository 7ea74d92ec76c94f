/** Goes on with an adapter that PEFT, or this package, saved: settings and factors for a training model. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { LoraAdapter } from '@agentiad/core/model/loraAdapter.ts';
import { openLoraAdapter } from '@agentiad/core/model/loraAdapter.ts';
import { parameterShapes, transposeValues } from '@agentiad/core/model/params.ts';
import type { ByteSource } from '@agentiad/core/model/weightSource.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LoraSettings } from '../nn/lora.ts';
import { factorNames, LORA_MODULES, loraScale, targetModules } from '../nn/lora.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';

export interface PeftAdapter {
  readonly settings: LoraSettings;
  /** Puts the factors into `model`; throws a UserError when its adapter is of another rank, scale or set of modules. */
  loadInto(model: TrainingModel): Promise<void>;
}

/** Opens the adapter in `source` for a model of `config`. Throws a UserError for one that cannot be trained on here. */
export async function openPeftAdapter(source: ByteSource, config: ModelConfig): Promise<PeftAdapter> {
  const adapter = await openLoraAdapter(source, parameterShapes(config));
  const settings = settingsOf(adapter, config);
  return {
    settings,
    async loadInto(model) {
      assert(model.lora, 'a model without an adapter');
      checkSame(settings, model.lora);
      for (const module of targetModules(config, settings)) {
        const { a, b } = await adapter.factors(`${module}.weight`);
        const names = factorNames(module);
        put(model, names.a, transposeValues(a, settings.rank, a.length / settings.rank));
        put(model, names.b, transposeValues(b, b.length / settings.rank, settings.rank));
      }
      model.upload();
    },
  };
}

function checkSame(found: LoraSettings, wanted: LoraSettings): void {
  const describe = (settings: LoraSettings) =>
    `rank ${settings.rank}, scale ${loraScale(settings)}, ${LORA_MODULES.filter((name) => settings.modules.includes(name)).join(', ')}`;
  if (describe(found) === describe(wanted)) return;
  throw new UserError({
    code: 'another-adapter',
    subject: 'The adapter',
    reason: `has ${describe(found)}; the run trains ${describe(wanted)}.`,
    remedy: 'Give sft.lora the settings of the adapter to go on with it.',
  });
}

function put(model: TrainingModel, name: string, values: Float32Array): void {
  const span = model.spans.find((one) => one.name === name);
  assert(span && span.to - span.from === values.length, `no trained tensor ${name} of ${values.length} values`);
  model.values.set(values, span.from);
}

/** The same modules in every language layer, or it is refused. */
function settingsOf(adapter: LoraAdapter, config: ModelConfig): LoraSettings {
  const modules = LORA_MODULES.filter((module) => adapter.targets.has(`model.layers.0.${module}.weight`));
  const settings = { rank: adapter.rank, alpha: adapter.scale * adapter.rank, modules, seed: 0 };
  const wanted = new Set(modules.length > 0 ? targetModules(config, settings).map((name) => `${name}.weight`) : []);
  const stray = [...adapter.targets].find((name) => !wanted.has(name));
  if (stray !== undefined) throw refused(`it also targets ${stray}, which is no linear layer of every language block`);
  const missing = [...wanted].find((name) => !adapter.targets.has(name));
  if (missing !== undefined) throw refused(`it lacks ${missing}, although it targets that layer in other blocks`);
  return settings;
}

function refused(reason: string): UserError {
  return new UserError({
    code: 'adapter-not-trainable',
    subject: 'The adapter',
    reason: `cannot be trained on: ${reason}.`,
    remedy: 'Merge it into the base (`agentiad convert --adapter`) and train a new one.',
  });
}
