/** The list of tools. A new tool = one file + one line here + its name in `protocol/modes.ts`. */
import type { ToolName } from '../protocol/modes.ts';
import { cropTool } from './crop.ts';
import { differenceTool } from './differenceTool.ts';
import { queryTool } from './query.ts';
import type { Tool } from './tool.ts';

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  crop_image_normalized: cropTool,
  query_image: queryTool,
  difference: differenceTool,
};

/** Tools that need known-good parts. */
export const COMPARING_TOOLS: readonly ToolName[] = ['query_image', 'difference'];
