/** A teacher behind an endpoint: the script decides what to do, the teacher writes why, and the answer. */
import type { Box } from '@agentiad/core/image/box.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import { promptCategory } from '../build.ts';
import type { DemonstrateOptions } from '../build.ts';
import type { LabelledCase } from '../../data/labelledCase.ts';
import type { Situation } from '../teacherPolicy.ts';
import { askUntilUsable } from './ask.ts';
import type { ChatEndpoint } from './chatEndpoint.ts';
import { readRegion, ruleOf } from './outputRules.ts';
import type { StepContext, StepName } from './reasoningSteps.ts';
import { stepMessages } from './reasoningSteps.ts';
import type { TeacherConfig } from './teacherConfig.ts';

/** Regions are chosen more soberly than words (agent-spec §2.6). */
const REGION_TEMPERATURE = 0.3;
const ANNOUNCEMENT = '\n\nI zoom in to look closer.';

export function createEndpointTeacher(options: {
  readonly endpoint: ChatEndpoint;
  readonly config: TeacherConfig;
  readonly example: LabelledCase;
  readonly seed: number;
  readonly onRepair: (step: string, problem: string) => void;
}): Required<Pick<DemonstrateOptions, 'takeTurn' | 'chooseRegion'>> {
  const { endpoint, config, example, seed, onRepair } = options;
  const { label, type, types } = example;
  const base = { category: promptCategory(example), types, truth: { label, type } };
  const common = { model: config.model, seed };
  return {
    chooseRegion(part: Raster): Promise<Box> {
      const context: StepContext = { ...base, region: [0, 0, 1, 1], steps: [], images: [part] };
      const messages = stepMessages('region', context);
      const question = { ...common, step: 'region', messages, temperature: REGION_TEMPERATURE, rule: readRegion };
      return askUntilUsable(endpoint, question, config.repairs, onRepair);
    },
    async takeTurn(situation) {
      const step = stepOf(situation);
      if (step === null) return situation.scripted;
      const { steps, images, truth, scripted } = situation;
      const context: StepContext = { ...base, region: truth.zoom, steps, images };
      const messages = stepMessages(step, context);
      const question = { ...common, step, messages, temperature: config.temperature, rule: ruleOf(step, context) };
      const text = await askUntilUsable(endpoint, question, config.repairs, onRepair);
      if (step === 'look' || step === 'compare') return text;
      const call = scripted.slice(scripted.indexOf('<tool_call>'));
      return `${text}${step === 'perceive' ? ANNOUNCEMENT : ''}\n${call}`;
    },
  };
}

/** What the teacher has to write now; null where the script's own words follow from an observation alone. */
function stepOf({ scripted, offered, steps }: Situation): Exclude<StepName, 'region'> | null {
  const turn = parseTurn(scripted);
  if (turn.kind !== 'call') return steps.some(({ call }) => call?.name === 'query_image') ? 'compare' : 'look';
  if (turn.name === 'query_image') return 'doubt';
  return offered.includes('difference') ? null : 'perceive';
}
