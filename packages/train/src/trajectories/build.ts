/** Trajectories from labelled cases: a teacher acts in the same loop, with the same tools, as the model will. */
import { inspectWith } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps, InspectionRequest, LoadedModel, LoopLimits } from '@agentiad/core/agent/request.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Mode, ToolName } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { callsOf } from './calls.ts';
import type { TokenSpace } from './checkTrajectory.ts';
import type { GroundTruth } from './teacher.ts';
import type { TakeTurn } from './teacherPolicy.ts';
import { createTeacherPolicy, scriptedTeacher } from './teacherPolicy.ts';
import type { Trajectory } from './trajectory.ts';

export interface TeacherDeps {
  readonly model: LoadedModel;
  readonly match: (library: ExemplarSet) => LibraryMatch;
}

/** What token ids mean to `model`: every store says it. */
export function tokenSpaceOf({ backbone, processor }: Pick<LoadedModel, 'backbone' | 'processor'>): TokenSpace {
  return {
    vocabSize: backbone.config.text.vocabSize,
    imageTokenId: backbone.config.special.image,
    imageTokenPixels: processor.patchSize * processor.mergeSize,
  };
}

export interface DemonstrateOptions {
  readonly limits?: LoopLimits;
  /** Who writes; default the scripted teacher. */
  readonly takeTurn?: TakeTurn;
  /** Where to zoom, normalised, on a part where no defect is marked and nobody knows where one might have been; default anywhere. */
  readonly chooseRegion?: (part: Raster) => Promise<Box>;
}

/**
 * One demonstrated inspection. `random` places the zoom on parts where no tool and no defect tells where. Throws what
 * the teacher threw.
 */
export async function demonstrate(
  example: LabelledCase,
  mode: Mode,
  deps: TeacherDeps,
  random: Random,
  options: DemonstrateOptions = {},
): Promise<{ trajectory: Trajectory; trace: Trace }> {
  const { limits = DEFAULT_LIMITS, takeTurn = scriptedTeacher, chooseRegion } = options;
  const images: Raster[] = [];
  const part = await example.part();
  const library = withMemory(example.exemplars);
  const place = example.boxes[0]?.box ?? example.decoy?.() ?? null;
  const drawn = chooseZoom(place, part.raster, random);
  const isOpen = chooseRegion && !place && needsRegion(MODES[mode]);
  const truth: GroundTruth = {
    label: example.label,
    type: example.type,
    zoom: isOpen ? await chooseRegion(part.raster) : drawn,
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
  const { tokenizer } = deps.model.backbone;
  // The loop turns what is thrown into a failed inspection; here it has to come out again.
  let thrown: unknown = null;
  const guarded: TakeTurn = (situation) =>
    takeTurn(situation).catch((error: unknown) => {
      thrown = error;
      throw error;
    });
  const { trace, record } = await inspectWith(
    request,
    inspectionDeps,
    { limits, temperature: 0 },
    (endOfTurnId, offered) =>
      createTeacherPolicy({ tokenizer, endOfTurnId, truth, offered, images, takeTurn: guarded }),
  );
  if (thrown !== null) throw thrown;
  if (trace.verdict.status !== 'complete') {
    throw new Error(`The teacher failed on ${example.id}: ${JSON.stringify(trace.verdict.errors)}`);
  }
  const { ids, segments } = record;
  const { category, type, boxes, source, group, label } = example;
  return {
    trace,
    trajectory: {
      id: `${example.id}/${mode}`,
      mode,
      ids,
      segments,
      images,
      label,
      calls: callsOf(trace.steps),
      truncated: false,
      meta: { category, type, boxes, split: null, source, group },
    },
  };
}

/** `difference` tells where to look; without it somebody has to. */
function needsRegion(tools: readonly ToolName[]): boolean {
  return tools.includes('crop_image_normalized') && !tools.includes('difference');
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

/** Around the first defect, or where one might have been; a place of ordinary size where nobody knows that. */
function chooseZoom(place: Box | null, raster: Raster, random: Random): Box {
  // On a good part where a defect might have been: size and place of the look must not tell the label.
  if (place) {
    const { width, height } = raster;
    const low = (value: number) => Math.floor(value * 100) / 100;
    const high = (value: number) => Math.ceil(value * 100) / 100;
    return [low(place[0] / width), low(place[1] / height), high(place[2] / width), high(place[3] / height)];
  }
  const width = 0.08 + 0.2 * random.next();
  const height = 0.08 + 0.2 * random.next();
  const x = 0.1 + (0.8 - width) * random.next();
  const y = 0.1 + (0.8 - height) * random.next();
  return [x, y, x + width, y + height];
}
