/** How a tool of the agent is called on the page; a tool of a later version by its own name. */
import { knownWord } from './words.ts';

export function toolName(tool: string): string {
  return knownWord(`recipe:tool.${tool}.name`) ?? tool;
}
