/** Files of one drop that could not be taken in: told one by one, many alike together. */
import type { Problem } from '../../runtime/messages.ts';
import { addNotice, type StudioContext } from '../context.ts';
import type { Refusal } from '../importState.ts';

/** More files than this that were refused for the same cause are one notice. */
const ALIKE = 3;
/** Names in such a notice. */
const NAMED = 12;

export function tellRefusals(context: StudioContext, refused: readonly Problem[]): void {
  for (const code of new Set(refused.map((problem) => problem.code))) {
    const alike = refused.filter((problem) => problem.code === code);
    for (const problem of alike.length > ALIKE ? [together(alike)] : alike) addNotice(context, problem);
  }
}

function together(alike: readonly Problem[]): Problem {
  const [first] = alike as readonly [Problem, ...Problem[]];
  const names = alike.slice(0, NAMED).map(({ subject }) => subject);
  const others = alike.length > NAMED ? `, and ${alike.length - NAMED} more` : '';
  return {
    ...first,
    code: 'files-refused',
    subject: `${alike.length} files`,
    reason: `${names.join(', ')}${others}. ${first.reason}`,
  };
}

/** Why an image of `category` was not taken. */
export function problemOfRefusal(refusal: Refusal, subject: string, category: string): Problem {
  switch (refusal.kind) {
    case 'problem':
      return refusal.problem;
    case 'copy':
      return {
        code: 'duplicate-exemplar',
        subject,
        reason: `is already in the library of ${category}.`,
        remedy: 'It is kept once.',
      };
    case 'labelled':
      return {
        code: 'exemplar-is-labelled',
        subject,
        reason: `is one of the labelled images that ${category} is validated with; comparing with it would make the validation look better than it is.`,
        remedy: 'Take it out of the labelled images first, if it is to be a good part.',
      };
    case 'good':
      return {
        code: 'labelled-is-exemplar',
        subject,
        reason: `is one of the good parts of ${category}; testing with it would make the validation look better than it is.`,
        remedy: 'Take it out of the good parts first, if it is to be tested with.',
      };
  }
}
