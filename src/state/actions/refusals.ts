/** Files of one drop that could not be taken in: told one by one, many alike together. */
import type { Problem } from '../../runtime/messages.ts';
import { addNotice, type StudioContext } from '../context.ts';

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
