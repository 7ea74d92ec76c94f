/**
 * Part, lot, station and operator from a file's name by a pattern such as `{part}_{lot}`: a field stands for anything, `*`
 * for anything that is not kept, every other character for itself. Folder and file extension do not count.
 */
import { UserError } from '../support/userError.ts';
import type { PartFields } from './verdict.ts';

export const NAME_FIELDS = ['part', 'lot', 'station', 'operator'] as const satisfies readonly (keyof PartFields)[];

const NOTHING: PartFields = { part: null, lot: null, station: null, operator: null };

/** What file names tell by `pattern`; fields are null where a name does not fit. Throws a UserError (`name-pattern`). */
export function readNamePattern(pattern: string): (fileName: string) => PartFields {
  const pieces = pattern.split(/(\{[^{}]*\}|\*)/).filter((piece) => piece !== '');
  const fields = pieces.flatMap((piece) => (piece.startsWith('{') ? [piece.slice(1, -1).trim()] : []));
  const refuse = (reason: string) =>
    new UserError({
      code: 'name-pattern',
      subject: `File-name pattern "${pattern}"`,
      reason,
      remedy: `Write for example {part}_{lot}; the fields are ${NAME_FIELDS.map((name) => `{${name}}`).join(', ')}.`,
    });
  const unknown = fields.find((field) => !NAME_FIELDS.some((known) => known === field));
  if (unknown !== undefined) throw refuse(`there is no field {${unknown}}.`);
  if (fields.length === 0) throw refuse('it names no field.');
  const twice = fields.find((field, index) => fields.indexOf(field) !== index);
  if (twice !== undefined) throw refuse(`{${twice}} stands in it twice.`);
  const isOpen = (piece: string | undefined) => piece !== undefined && (piece === '*' || piece.startsWith('{'));
  if (pieces.some((piece, index) => isOpen(piece) && isOpen(pieces[index + 1])))
    throw refuse('nothing tells two fields apart that stand side by side.');
  if (pieces.some((piece) => !isOpen(piece) && /[{}]/.test(piece))) throw refuse('a brace is not closed.');
  return (fileName) => {
    const found = match(pieces, stemOf(fileName));
    if (!found) return NOTHING;
    const told = fields.map((field, index) => [field, found[index]!.trim() || null]);
    return { ...NOTHING, ...Object.fromEntries(told) };
  };
}

/**
 * What each field stands for, as short as it can be; null where the name does not fit. One way through the name: text of
 * the pattern is taken where it comes first, text at its end at the end, so that no pattern takes long.
 */
function match(pieces: readonly string[], name: string): readonly string[] | null {
  const found: string[] = [];
  let at = 0;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index]!;
    const isField = piece.startsWith('{');
    if (!isField && piece !== '*') {
      if (!name.startsWith(piece, at)) return null;
      at += piece.length;
      continue;
    }
    const next = pieces[index + 1];
    const from = at + (isField ? 1 : 0);
    const end =
      next === undefined
        ? name.length
        : index + 2 === pieces.length
          ? name.length - next.length
          : name.indexOf(next, from);
    if (end < from) return null;
    if (isField) found.push(name.slice(at, end));
    at = end;
  }
  return at === name.length ? found : null;
}

/** Without folders and without the extension. */
function stemOf(fileName: string): string {
  const base = fileName.split(/[\\/]/).at(-1)!;
  return base.replace(/(?<=.)\.[^.]*$/, '');
}
