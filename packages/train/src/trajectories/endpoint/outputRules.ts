/** What a teacher's output must satisfy before it is put into a trajectory. A problem is worded for the teacher to repair. */
import type { Box } from '@agentiad/core/image/box.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import type { Answer } from './chatEndpoint.ts';
import type { StepContext, StepName } from './reasoningSteps.ts';

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };
export type Rule<T> = (text: string) => Checked<T>;

/** Wordings that give away that the writer knew the truth (agent-spec §2.6, §9.1). */
const TELLTALES: readonly RegExp[] = [
  /ground[\s-]?truth/i,
  /\bprivate(ly)?\b/i,
  /\bannotat(ed|ions?)\b/i,
  /\b(was|were|been|am|are) (told|informed|given)\b/i,
  /\b(given|provided|supplied|known|stated) (label|status|type|box|bounding box|answer|location|region)\b/i,
  /\bas (labell?ed|indicated|stated)\b/i,
  /\bROI\b|\bregion of interest\b/i,
];
const LONGEST_THOUGHT = 800;
const SMALLEST_REGION = 0.05;

/** Cut off, refused and empty answers are unusable whatever they say. */
export function applyRule<T>(answer: Answer, rule: Rule<T>): Checked<T> {
  const text = withoutFence(answer.text.trim());
  if (answer.finishReason === 'length') return bad('It was cut off at the token limit. Write less.');
  if (answer.finishReason !== 'stop') return bad(`It ended with "${answer.finishReason}" instead of a finished text.`);
  if (text === '') return bad('It is empty.');
  return rule(text);
}

/** Many models wrap what they were asked for in a Markdown code block. */
function withoutFence(text: string): string {
  return /^```\w*\n([\s\S]*?)\n?```$/.exec(text)?.[1]?.trim() ?? text;
}

export function readRegion(text: string): Checked<Box> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('It is not a JSON array of four numbers and nothing else.');
  }
  if (!Array.isArray(value) || value.length !== 4 || !value.every((item) => typeof item === 'number')) {
    return bad('It is not a JSON array of four numbers.');
  }
  const [x1, y1, x2, y2] = value as [number, number, number, number];
  if (![x1, y1, x2, y2].every((item) => item >= 0 && item <= 1)) return bad('The numbers must lie between 0 and 1.');
  if (x2 - x1 < SMALLEST_REGION || y2 - y1 < SMALLEST_REGION) {
    return bad(`The box must have x_min < x_max and y_min < y_max, at least ${SMALLEST_REGION} apart.`);
  }
  return { ok: true, value: [x1, y1, x2, y2] };
}

/** Thought before a call: plain text that concludes nothing. */
export function thoughtRule(step: 'perceive' | 'doubt', { truth }: Pick<StepContext, 'truth'>): Rule<string> {
  return (text) => {
    if (/<\/?[a-z_|]/i.test(text)) return bad('It must be plain text without tags.');
    if (text.length > LONGEST_THOUGHT) return bad(`It is longer than ${LONGEST_THOUGHT} characters.`);
    const telltale = findTelltale(text);
    if (telltale) return bad(telltale);
    if (step === 'perceive' && truth.type !== null && namesType(text, truth.type)) {
      return bad(`It names the defect type "${truth.type}" before the close view was seen.`);
    }
    return { ok: true, value: text };
  };
}

/** The answer turn: well-formed, in agreement with the truth, silent about having been told. */
export function answerRule({ truth, types, images }: Pick<StepContext, 'truth' | 'types' | 'images'>): Rule<string> {
  return (text) => {
    const parts = /^<think>([\s\S]*?)<\/think>\s*<answer>[\s\S]*<\/answer>$/.exec(text);
    if (!parts?.[1]?.trim())
      return bad('The form is <think>reasoning</think><answer>JSON</answer>, nothing before or after.');
    if (text.includes('<|') || text.includes('<tool_call>')) return bad('It must not call a tool.');
    const turn = parseTurn(text);
    if (turn.kind !== 'answer') return bad(turn.kind === 'bad-answer' ? turn.problem : 'There is no answer in it.');
    const { anomaly_present, top_anomaly, visual_descriptions, evidence = [] } = turn.answer;
    if (anomaly_present !== (truth.label === 'anomalous')) {
      return bad(`"anomaly_present" must be ${truth.label === 'anomalous'}.`);
    }
    if (!anomaly_present && (top_anomaly !== 'none' || visual_descriptions.length > 0 || evidence.length > 0)) {
      return bad('For a normal part "top_anomaly" is "none" and the lists are empty.');
    }
    if (anomaly_present) {
      const expected = truth.type === null ? types : [truth.type];
      if (!expected.includes(top_anomaly))
        return bad(`"top_anomaly" must be "${expected.join('" or "')}", letter by letter.`);
      if (visual_descriptions.length === 0) return bad('"visual_descriptions" must say what is seen.');
    }
    if (evidence.some(({ image }) => image > images.length))
      return bad(`There are only ${images.length} images to cite.`);
    const telltale = findTelltale(text);
    return telltale ? bad(telltale) : { ok: true, value: text };
  };
}

export function ruleOf(step: Exclude<StepName, 'region'>, context: StepContext): Rule<string> {
  return step === 'perceive' || step === 'doubt' ? thoughtRule(step, context) : answerRule(context);
}

/** Which wording gives away that the truth was known, or null. */
function findTelltale(text: string): string | null {
  const found = TELLTALES.map((pattern) => pattern.exec(text)?.[0]).find((words) => words !== undefined);
  return found === undefined ? null : `"${found}" reveals that you were told. Write from what is visible only.`;
}

function namesType(text: string, type: string): boolean {
  const words = type.split(/[\s_-]+/).map((word) => word.replace(/[^\p{L}\p{N}]/gu, ''));
  return new RegExp(`(?<![\\p{L}])${words.join('[\\s_-]*')}(?![\\p{L}])`, 'iu').test(text);
}

function bad(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
