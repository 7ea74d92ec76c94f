/**
 * The prompts (agent-spec §2.1 to §2.3). They depend on class, candidate types and offered tools only, never on the
 * label: one candidate list per category, the same for every image (agent-spec §7.3).
 */
import type { ToolName } from '../protocol/modes.ts';
import type { ContentPart } from '../tokenizer/conversation.ts';
import { TOOLS } from '../tools/index.ts';

export function systemPrompt(offered: readonly ToolName[]): string {
  const role =
    'You are a vision expert in industrial anomaly detection. Decide whether the part is normal or anomalous. ' +
    'If it is anomalous, choose the best-fitting type among the candidates.\n\n' +
    'Give the final answer as <think>your reasoning</think><answer>{"anomaly_present": true or false, ' +
    '"top_anomaly": "type", "visual_descriptions": ["short phrase"]}</answer>. For a normal part: false, "none", []. ' +
    'For an anomalous part you may add "evidence": [{"text": "phrase", "image": index, "bbox_2d": [x1, y1, x2, y2]}].';
  if (offered.length === 0) return role;
  const signatures = offered.map((name) => {
    const { description, parameters } = TOOLS[name];
    return { type: 'function', function: { name, description, parameters } };
  });
  return (
    `${role}\n\n# Tools\n\nYou may call one function per turn. The signatures are within <tools></tools>:\n<tools>\n` +
    `${JSON.stringify(signatures)}\n</tools>\n\nTo call one, end your turn with its name and arguments as JSON:\n` +
    '<tool_call>\n{"name": "function name", "arguments": {}}\n</tool_call>'
  );
}

const HINTS: Readonly<Record<ToolName, string>> = {
  difference: 'You can ask with `difference` which places differ from known-good parts.',
  crop_image_normalized: 'You can look closer with `crop_image_normalized`.',
  query_image: 'If the evidence is still insufficient you can call `query_image` for a known-good part.',
};

/** The class name of an image that nobody filed: the agent is told as much. */
const UNSORTED = 'unsorted';

/** Stands for "some defect" when a category names no types. */
export const DEFAULT_TYPES: readonly string[] = ['defect'];

/** The types the agent may choose from. */
export function candidateTypes(types: readonly string[]): readonly string[] {
  return types.length > 0 ? types : DEFAULT_TYPES;
}

export function userPrompt({
  category,
  types,
  specification = '',
  offered,
}: {
  readonly category: string | null;
  readonly types: readonly string[];
  /** What a good part is, in its maker's words; empty: nobody says. */
  readonly specification?: string;
  readonly offered: readonly ToolName[];
}): ContentPart[] {
  const told = specification.trim();
  const text = [
    `Evaluate this image of class "${category ?? UNSORTED}".`,
    '',
    ...(told === '' ? [] : ['Specification of a good part:', told, '']),
    'Candidate anomaly types:',
    ...candidateTypes(types).map((type) => `- ${type}`),
    '',
    ['Is the part normal or anomalous?', ...offered.map((name) => HINTS[name]), 'Reason step by step.'].join(' '),
  ].join('\n');
  return [{ type: 'image' }, { type: 'text', text }];
}

/** Rendered to the model after a failed call, in training and inference alike (agent-spec §2.5). */
export function errorObservation(message: string): string {
  return `\nExecution error:\n${message}`;
}

export const CALLS_USED_UP = 'No tool calls are left. Give the final answer now.';
export const NOTHING_TO_DO = 'Write one tool call or the final answer.';

/** Put in the model's mouth when its tool calls are used up, so that the inspection ends in an answer. */
export const FORCED_ANSWER = '<answer>{"anomaly_present":';
