/** What a build with a teacher will ask and about what it will cost, before anything is sent. */
import { MODES } from '@agentiad/core/protocol/modes.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Label } from '../../data/labelledCase.ts';
import { formatMoney, priceOf } from './ledger.ts';
import type { Usage } from './ledger.ts';
import type { StepName } from './reasoningSteps.ts';
import type { TeacherConfig } from './teacherConfig.ts';

export interface TeacherPlan {
  readonly cases: number;
  readonly requests: number;
  readonly usage: Usage;
  readonly money: number;
  /** If every output were cut off at the limit and sent back as often as allowed. */
  readonly mostMoney: number;
}

/** Prompt text, images and written tokens of one request, from the wording of the steps and agent-spec §2.4. */
const TYPICAL: Readonly<Record<StepName | 'judge', { text: number; images: number; written: number }>> = {
  region: { text: 150, images: 1, written: 25 },
  perceive: { text: 250, images: 2, written: 100 },
  look: { text: 550, images: 2, written: 200 },
  doubt: { text: 350, images: 0, written: 70 },
  compare: { text: 700, images: 3, written: 200 },
  judge: { text: 700, images: 3, written: 50 },
};

export function stepsOf(mode: Mode, label: Label): readonly StepName[] {
  const tools: readonly string[] = MODES[mode];
  const isScriptedLook = tools.includes('difference');
  const zooms = tools.includes('crop_image_normalized') && !isScriptedLook;
  return [
    ...(zooms && label === 'normal' ? (['region'] as const) : []),
    ...(zooms ? (['perceive'] as const) : []),
    ...(tools.includes('query_image') ? (['doubt', 'compare'] as const) : (['look'] as const)),
  ];
}

export function planTeacher(
  jobs: readonly { readonly mode: Mode; readonly example: { readonly label: Label } }[],
  config: TeacherConfig,
): TeacherPlan {
  const { candidates, imageTokens, maxTokens, prices, repairs } = config;
  const asked = jobs.flatMap(({ mode, example }) => [
    ...stepsOf(mode, example.label),
    ...(config.judge ? (['judge'] as const) : []),
  ]);
  const usage = { promptTokens: 0, completionTokens: 0 };
  const most = { promptTokens: 0, completionTokens: 0 };
  for (const step of asked) {
    const { text, images, written } = TYPICAL[step];
    usage.promptTokens += candidates * (text + images * imageTokens);
    usage.completionTokens += candidates * written;
    // A repair carries the output that it is about.
    most.promptTokens += candidates * ((repairs + 1) * (text + images * imageTokens) + repairs * maxTokens);
    most.completionTokens += candidates * (repairs + 1) * maxTokens;
  }
  return {
    cases: jobs.length,
    requests: candidates * asked.length,
    usage,
    money: priceOf(usage, prices),
    mostMoney: priceOf(most, prices),
  };
}

export function describePlan(plan: TeacherPlan, config: TeacherConfig, cacheFolder: string): string {
  const { currency } = config.prices;
  const { promptTokens, completionTokens } = plan.usage;
  const budget =
    config.budget === null ? '' : `, never more than ${formatMoney(config.budget, currency)} by the budget`;
  return [
    `Teacher: ${config.model} at ${config.baseUrl}${config.judge ? `, judged by ${config.judge.model}` : ''}.`,
    `Sent to it, for ${plan.cases} cases: the part, its close view and, where one is compared with, a known-good part ` +
      '(PNG, as the student sees them), class name, candidate types and, as a private hint, label, type and region.',
    `About ${plan.requests} requests, ${promptTokens} + ${completionTokens} tokens, ` +
      `${formatMoney(plan.money, currency)} (at most ${formatMoney(plan.mostMoney, currency)}${budget}), ` +
      'less what was answered before.',
    `Answers are kept in ${cacheFolder}.`,
  ].join('\n');
}
