/** What a sample must be before it is trained on. Nothing is ever cut or left out: a bad sample is an error with its name. */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { checkTrajectory } from '../trajectories/checkTrajectory.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { SftMask } from './mask.ts';
import { maskedPositions } from './mask.ts';

/**
 * Throws a UserError when `sample` is empty, all masked, longer than `context` tokens, or when its images and the places
 * for them disagree.
 */
export function checkSample(sample: Trajectory, config: ModelConfig, mask: SftMask, context: number): void {
  const { ids, images } = sample;
  const { vision, text, special } = config;
  if (ids.length === 0)
    throw bad(sample, 'it has no tokens.', 'Make the trajectories again with `agentiad data build`.');
  const side = vision.patchSize * vision.mergeSize;
  const budgets = images.map(({ width, height }) => (width * height) / side ** 2);
  const large = budgets.findIndex((tokens) => tokens >= context);
  if (large >= 0) {
    const reason = `its image ${large + 1} takes ${budgets[large]} tokens, which leaves no room in a context of ${context}.`;
    throw bad(sample, reason, 'Lower the pixels of a view, or raise the context.');
  }
  if (ids.length > context) {
    const inImages = budgets.reduce((sum, tokens) => sum + tokens, 0);
    const reason = `it has ${ids.length} tokens (${inImages} for images) and the context ${context}; cutting could drop an image or the answer.`;
    throw bad(sample, reason, 'Raise the context, use fewer or smaller images, or leave the sample out of the data.');
  }
  const space = { vocabSize: text.vocabSize, imageTokenId: special.image, imageTokenPixels: side };
  checkTrajectory(sample, space, 'sample');
  const [first] = maskedPositions(sample, mask);
  if (first === undefined) {
    throw bad(sample, `no token of it is trained (mask ${mask}).`, 'Leave it out of the data, or choose another mask.');
  }
  if (first === 0)
    throw bad(sample, 'its first token is trained, but nothing comes before it.', 'Start with a prompt.');
}

function bad(sample: Trajectory, reason: string, remedy: string): UserError {
  return new UserError({ code: 'bad-sample', subject: `sample ${sample.id}`, reason, remedy });
}
