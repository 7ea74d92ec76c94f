/** Inspection modes: which tools the agent is offered (agent-spec §1, design §3). */
export type ToolName = 'crop_image_normalized' | 'query_image' | 'difference';

export const MODES = {
  cot: [],
  pz: ['crop_image_normalized'],
  'pz+cr': ['crop_image_normalized', 'query_image'],
  full: ['difference', 'crop_image_normalized', 'query_image'],
} as const satisfies Record<string, readonly ToolName[]>;

export type Mode = keyof typeof MODES;

export const MODE_NAMES = Object.keys(MODES) as readonly Mode[];
