/** Runs one call of the agent: name and arguments are checked against the tool's own schema first. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ToolName } from '../protocol/modes.ts';
import { TOOLS } from './index.ts';
import type { ToolContext, ToolOutcome } from './tool.ts';
import { ToolError } from './tool.ts';

const ajv = new Ajv2020({ allErrors: true });
const validators = new Map(
  Object.values(TOOLS).map((tool) => [tool.name, ajv.compile({ ...tool.parameters, additionalProperties: false })]),
);

/** Throws `ToolError` for an unknown tool, wrong arguments, or whatever the tool itself rejects. */
export function callTool(
  name: string,
  args: Readonly<Record<string, unknown>>,
  offered: readonly ToolName[],
  context: ToolContext,
): Promise<ToolOutcome> {
  const tool = offered.map((toolName) => TOOLS[toolName]).find((candidate) => candidate.name === name);
  if (!tool) {
    const choice =
      offered.length > 0 ? `The tools are ${offered.join(', ')}.` : 'There are no tools in this inspection.';
    throw new ToolError(`There is no tool "${name}". ${choice}`);
  }
  const validate = validators.get(tool.name)!;
  if (!validate(args)) {
    const problems = (validate.errors ?? []).map(
      (error) => `${error.instancePath.slice(1) || 'arguments'} ${error.message}`,
    );
    throw new ToolError(`${name}: ${problems.join('; ')}.`);
  }
  return tool.run(args, context);
}
