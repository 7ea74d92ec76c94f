/** Trajectories from labelled cases: the scripted teacher acts in the same loop, with the same tools, as the model will. */
import { inspectWith } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps, InspectionRequest, LoadedModel, LoopLimits } from '@agentiad/core/agent/request.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import type { GroundTruth } from './teacher.ts';
import { createTeacherPolicy } from './teacherPolicy.ts';
import type { Trajectory } from './trajectory.ts';

/** A model folder's text files as a model that can render prompts but has no weights. */
export function modelWithoutWeights(files: ReadonlyMap<string, string>): LoadedModel {
  const json = (name: string) => JSON.parse(files.get(name)!) as object;
  return {
    backbone: {
      config: parseModelConfig(json('config.json')),
      tokenizer: createTokenizer(json('tokenizer.json'), json('tokenizer_config.json')),
      card: {
        id: 'teacher',
        name: 'scripted teacher',
        sha256: '0'.repeat(64),
        scheme: 'none',
        trainedOn: 'nothing: it follows a script',
        licence: 'MIT',
        commercialUse: 'yes',
        tuned: true,
      },
      createSession() {
        throw new Error('Internal error: the scripted teacher has no weights to run');
      },
      dispose() {},
    },
    processor: parseProcessorConfig(json('preprocessor_config.json')),
    chatTemplate: files.get('chat_template.jinja') ?? null,
  };
}

export interface TeacherDeps {
  readonly model: LoadedModel;
  readonly match: (library: ExemplarSet) => LibraryMatch;
}

/** One demonstrated inspection. `random` places the zoom on parts where no tool and no defect tells where. */
export async function demonstrate(
  example: LabelledCase,
  mode: Mode,
  deps: TeacherDeps,
  random: Random,
  limits: LoopLimits = DEFAULT_LIMITS,
): Promise<{ trajectory: Trajectory; trace: Trace }> {
  const images: Raster[] = [];
  const part = await example.part();
  const library = withMemory(example.exemplars);
  const truth: GroundTruth = {
    label: example.label,
    type: example.type,
    zoom: chooseZoom(example, part.raster, random),
  };
  const request: InspectionRequest = {
    part,
    category: promptCategory(example),
    types: example.types,
    mode,
    library,
    thresholds: DEFAULT_THRESHOLDS,
    seed: 0,
    recipe: null,
    onEvent: (event) => {
      if (event.type === 'image') images.push(event.pixels);
    },
  };
  const inspectionDeps: InspectionDeps = {
    ...deps,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
    newId: () => example.id,
    runtime: { backend: 'teacher', adapter: 'teacher' },
  };
  const { trace, record } = await inspectWith(request, inspectionDeps, { limits, temperature: 0 }, (endOfTurnId) =>
    createTeacherPolicy({ tokenizer: deps.model.backbone.tokenizer, endOfTurnId, truth, offered: MODES[mode] }),
  );
  if (trace.verdict.status !== 'complete') {
    throw new Error(`The teacher failed on ${example.id}: ${JSON.stringify(trace.verdict.errors)}`);
  }
  const { ids, segments } = record;
  return { trace, trajectory: { id: `${example.id}/${mode}`, mode, ids, segments, images, label: example.label } };
}

/** The class name in prompts: the designs of generated parts are numbered, but the number is no class. */
export function promptCategory(example: Pick<LabelledCase, 'category' | 'source'>): string {
  return example.source === 'procedural' ? example.category.replace(/-\d+$/, '') : example.category;
}

/** Generated exemplars render anew at each load; within one inspection they are asked for several times. */
export function withMemory(set: ExemplarSet): ExemplarSet {
  return {
    category: set.category,
    exemplars: set.exemplars.map((exemplar) => {
      let raster: Promise<Raster> | null = null;
      return { ...exemplar, load: () => (raster ??= exemplar.load()) };
    }),
  };
}

/** Around the first defect, or a place of ordinary size anywhere on a good part. */
function chooseZoom(example: LabelledCase, raster: Raster, random: Random): Box {
  const defect = example.boxes[0]?.box;
  if (defect) {
    const { width, height } = raster;
    const low = (value: number) => Math.floor(value * 100) / 100;
    const high = (value: number) => Math.ceil(value * 100) / 100;
    return [low(defect[0] / width), low(defect[1] / height), high(defect[2] / width), high(defect[3] / height)];
  }
  const width = 0.08 + 0.2 * random.next();
  const height = 0.08 + 0.2 * random.next();
  const x = 0.1 + (0.8 - width) * random.next();
  const y = 0.1 + (0.8 - height) * random.next();
  return [x, y, x + width, y + height];
}
