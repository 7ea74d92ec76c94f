/** Which part of a trace file is wrong, as its reader would call it: a JSON pointer says it to programmers only. Pure. */
import { word } from '../../i18n/words.ts';

/** Lists of a trace: each entry is called by its number. */
const LISTS = ['steps', 'images', 'branches', 'checks'] as const;
/** What is told apart within a step. */
const OF_STEP = ['call', 'observation', 'rawText', 'tokens', 'ms'] as const;
/** What is told apart within the verdict. */
const OF_VERDICT = ['image', 'model', 'human', 'regions', 'claims', 'steps', 'settings'] as const;

/** `pointer`: where the schema found something wrong, such as `/steps/3/call`; empty for the file as a whole. */
export function damagedPart(pointer: string): string {
  const [first, second, third, ...rest] = pointer.split('/').slice(1);
  const number = Number(second) + 1;
  const list = LISTS.find((name) => name === first);
  if (list === 'branches' && third === 'steps')
    return word('notices:damage.ofQuestion', { number, part: damagedPart(`/steps/${rest.join('/')}`) });
  const ofStep = list === 'steps' && OF_STEP.find((name) => name === third);
  if (ofStep) return word(`notices:damage.step.${ofStep}`, { number });
  if (list && Number.isFinite(number)) return word(`notices:damage.${list}`, { number });
  const ofVerdict = first === 'verdict' && OF_VERDICT.find((name) => name === second);
  if (ofVerdict) return word(`notices:damage.verdict.${ofVerdict}`);
  if (first === 'verdict') return word('notices:damage.verdict.itself');
  if (first === 'assets') return word('notices:damage.assets');
  if (first === 'prompt') return word('notices:damage.prompt');
  return word('notices:damage.whole');
}
