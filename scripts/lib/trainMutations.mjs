/**
 * Known mistakes of training code, each as one edit that breaks one property of its list (S1 to S14 of fine-tuning, G1 to
 * G27 of GRPO), and the tests of that property. Every one trains on without a crash.
 */

const train = 'packages/train/src';
const core = 'packages/core/src';

/** @type {readonly import('./mutations.mjs').Mutation[]} */
const sftMutations = [
  {
    mistake: 'S1: the token before each turn is trained, the last of the turn is not',
    file: `${train}/trajectories/trajectory.ts`,
    find: '(_, index) => from + index',
    replace: '(_, index) => from - 1 + index',
    project: 'train',
    test: `${train}/sft/mask.test.ts`,
    only: 'S1:',
  },
  {
    mistake: 'S2: a position predicts itself',
    file: `${train}/sft/batch.ts`,
    find: 'row * width + t - 1',
    replace: 'row * width + t',
    project: 'train',
    test: `${train}/sft/batch.test.ts`,
    only: 'S2',
  },
  {
    mistake: 'S3: a sample without a trained token passes',
    file: `${train}/sft/sample.ts`,
    find: 'if (first === undefined)',
    replace: 'if (first === -1)',
    project: 'train',
    test: `${train}/sft/sample.test.ts`,
    only: 'S3',
  },
  {
    mistake: 'S4: tool results are trained',
    file: `${train}/trajectories/trajectory.ts`,
    find: "segments.filter(({ kind }) => kind === 'model')",
    replace: "segments.filter(({ kind }) => kind === 'model' || kind === 'observation')",
    project: 'train',
    test: `${train}/sft/mask.test.ts`,
    only: 'S4',
  },
  {
    mistake: 'S5: images and the places for them are not compared',
    file: `${train}/sft/sample.ts`,
    find: "checkTrajectory(sample, space, 'sample');",
    replace: '',
    project: 'train',
    test: `${train}/sft/sample.test.ts`,
    only: 'S5',
  },
  {
    mistake: 'S6: a sample somewhat longer than the context passes',
    file: `${train}/sft/sample.ts`,
    find: 'if (ids.length > context)',
    replace: 'if (ids.length > 2 * context)',
    project: 'train',
    test: `${train}/sft/sample.test.ts`,
    only: 'S6',
  },
  {
    mistake: 'S7: every micro-batch is divided by its own tokens',
    file: `${train}/sft/train.ts`,
    find: 'negativeLogLikelihood(tokens)',
    replace: 'negativeLogLikelihood(batch.targets.length)',
    project: 'train',
    test: `${train}/sft/batch.test.ts`,
    only: 'S7',
  },
  {
    mistake: 'S8: a new turn changes what was rendered before it',
    file: `${core}/tokenizer/conversation.ts`,
    find: "addGenerated(newIds) {\n      push(newIds, 'model');",
    replace: "addGenerated(newIds) {\n      ids.pop();\n      push(newIds, 'model');",
    project: 'train',
    test: `${train}/sft/rendering.test.ts`,
    only: 'S8',
  },
  {
    mistake: 'S9: training lists the candidate types in another order than inference',
    file: `${train}/trajectories/build.ts`,
    find: 'types: example.types,',
    replace: 'types: example.types.toReversed(),',
    project: 'train',
    test: `${train}/sft/rendering.test.ts`,
    only: 'S9',
  },
  {
    mistake: 'S10: the hash of the mask leaves out the trained tokens',
    file: `${train}/sft/mask.ts`,
    find: '`${position}:${sample.ids[position]}`',
    replace: '`${position}`',
    project: 'train',
    test: `${train}/sft/mask.test.ts`,
    only: 'S10',
  },
  {
    mistake: 'S11: logits are compared with the largest, not with the sum of all',
    file: `${train}/nn/head.ts`,
    find: 'tf.logSumExp(logits, 1)',
    replace: 'tf.max(logits, 1)',
    project: 'train',
    test: `${train}/sft/objective.test.ts`,
    only: 'S11',
  },
  {
    mistake: 'S12: the mask of a sample is not asked, all of its last two turns count',
    file: `${train}/sft/batch.ts`,
    find: ': mask;',
    replace: ": (one: Trajectory) => maskedPositions(one, 'last-two');",
    project: 'train',
    test: `${train}/sft/batch.test.ts`,
    only: 'S12',
  },
  {
    mistake: 'S13: a tool call loses its arguments',
    file: `${core}/protocol/parseTurn.ts`,
    find: "arguments: call['arguments'] }",
    replace: 'arguments: {} }',
    project: 'train',
    test: `${train}/sft/rendering.test.ts`,
    only: 'S13',
  },
  {
    mistake: 'S14: the template ends a turn without a line break',
    file: `${core}/tokenizer/conversation.ts`,
    find: "'{% endfor %}{% endif %}<|im_end|>\\n{% endfor %}'",
    replace: "'{% endfor %}{% endif %}<|im_end|>{% endfor %}'",
    project: 'train',
    test: `${train}/sft/conversations.test.ts`,
    only: 'S14',
  },
  {
    mistake: 'the adapter is scaled forwards but not backwards',
    file: `${train}/nn/lora.ts`,
    find: 'tf.mul(product(dy, up0, false, true), scale)',
    replace: 'product(dy, up0, false, true)',
    project: 'train',
    test: `${train}/nn/pytorch.test.ts`,
    only: 'factor',
  },
  {
    mistake: 'AdamW adds epsilon before the bias correction',
    file: `${train}/optim/adamw.ts`,
    find: '(Math.sqrt(second[i]! / correction2) + epsilon)',
    replace: '(Math.sqrt((second[i]! + epsilon) / correction2))',
    project: 'train',
    test: `${train}/nn/pytorch.test.ts`,
    only: 'AdamW',
  },
  {
    mistake: 'a resumed optimiser starts its moments anew',
    file: `${train}/optim/adamw.ts`,
    find: 'first.set(state.first);',
    replace: '',
    project: 'train',
    test: `${train}/sft/train.test.ts`,
    only: 'resumed',
  },
];

/** @type {readonly import('./mutations.mjs').Mutation[]} */
const grpoMutations = [];

export const trainMutations = [...sftMutations, ...grpoMutations];
