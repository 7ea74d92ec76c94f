/** A case whose prompt does not fit: nothing can be drawn after it, so the run ends by its name instead of skipping it. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';

/** Throws a UserError when the episode of `trace` ended before its first turn because its prompt was too long. */
export function checkPrompt(id: string, { images, verdict }: Trace, promptTokens: number, config: ModelConfig): void {
  if (!verdict.errors.some(({ code }) => code === 'context-length')) return;
  const context = config.text.maxPositions;
  const inImages = images.reduce((sum, { tokens }) => sum + tokens, 0);
  const isImage = inImages >= context;
  throw new UserError({
    code: 'prompt-too-long',
    subject: `Case ${id}`,
    reason: isImage
      ? `its image takes ${inImages} tokens, which leaves no room in a context of ${context}.`
      : `its prompt has ${promptTokens} tokens (${inImages} for the image), the model takes ${context}.`,
    remedy: isImage
      ? 'Lower the pixels of a view (model.viewPixels), or use a model with a longer context.'
      : 'Use fewer types or a shorter prompt, lower model.viewPixels, or use a model with a longer context.',
  });
}
