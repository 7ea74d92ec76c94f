/** What a fine-tuning leaves: a model container of all weights, or the adapter alone. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import type { TensorToWrite } from '@agentiad/core/model/writeContainer.ts';
import { writeContainer } from '@agentiad/core/model/writeContainer.ts';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import { writing } from '../host/files.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { PeftNaming } from '../peft/exportAdapter.ts';
import { encodePeftAdapter } from '../peft/exportAdapter.ts';
import type { RunConfig } from '../run/config.ts';

/** Writes the model into `folder`, or the adapter if one was trained. `files` are those of the model it came from. */
export async function writeTrained(
  folder: string,
  model: TrainingModel,
  card: RunConfig['card'],
  base: { readonly name: string; readonly config: JsonObject; readonly files: ReadonlyMap<string, Uint8Array> },
  naming: PeftNaming = 'hf52',
): Promise<void> {
  await writing(folder, () => mkdir(folder, { recursive: true }));
  if (model.lora) {
    for (const [name, bytes] of encodePeftAdapter(model, { baseModel: base.name, naming })) {
      await writing(path.join(folder, name), () => writeFile(path.join(folder, name), bytes));
    }
    return;
  }
  const contents = {
    card: { ...card, scheme: 'f16', tuned: true },
    config: base.config,
    tensors: exportTensors(model),
    files: base.files,
  };
  for await (const { path: name, bytes } of writeContainer(contents)) {
    await writing(path.join(folder, name), () => writeFile(path.join(folder, name), bytes));
  }
}

async function* exportTensors(model: TrainingModel): AsyncGenerator<TensorToWrite> {
  for (const [name, shape] of parameterShapes(model.config)) {
    yield { name, shape, scheme: shape.length === 1 ? 'f32' : 'f16', values: await model.exportParam(name) };
  }
}
