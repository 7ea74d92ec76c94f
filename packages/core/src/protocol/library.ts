/**
 * The library file: known-good images of one kind of part in one JSON file, written by the studio, read by the studio
 * and by `agentiad inspect --library` (design §5). JSON Schema: `schema/library.schema.json`.
 */
import { sha256Hex } from '../support/hash.ts';
import { UserError } from '../support/userError.ts';
import { checkDocument } from './schema.ts';

export interface LibraryFile {
  readonly schema: 'agentiad-library/1';
  readonly category: string;
  /** Defect types to ask about; empty: any defect. */
  readonly types: readonly string[];
  readonly exemplars: readonly {
    readonly name: string;
    /** SHA-256 of the image file's bytes. */
    readonly sha256: string;
    readonly mime: string;
    /** The image file, unchanged. */
    readonly base64: string;
  }[];
}

/** A library file's content with the image files unpacked; exact duplicates are given once. */
export interface LibraryContent {
  readonly category: string;
  readonly types: readonly string[];
  readonly exemplars: readonly { readonly name: string; readonly sha256: string; readonly bytes: Uint8Array }[];
}

/**
 * Reads the text of a library file called `name`. Throws a UserError (`library-unreadable`, `library-damaged`) when it
 * is not one, or when an image is not what its hash says. `decodeBase64` is the host's; it may throw.
 */
export function parseLibrary(text: string, name: string, decodeBase64: (base64: string) => Uint8Array): LibraryContent {
  const { category, types, exemplars } = checkLibrary(text, name);
  const unpacked = exemplars.map((exemplar) => {
    const bytes = decoded(exemplar.base64, decodeBase64);
    if (bytes && sha256Hex(bytes) === exemplar.sha256) return { name: exemplar.name, sha256: exemplar.sha256, bytes };
    throw new UserError({
      code: 'library-damaged',
      subject: name,
      reason: `the image "${exemplar.name}" is not what was saved: its content does not fit its SHA-256.`,
      remedy: 'Save the library again in the studio, and copy the file whole.',
    });
  });
  const isFirst = ({ sha256 }: { sha256: string }, index: number) =>
    unpacked.findIndex((other) => other.sha256 === sha256) === index;
  return { category, types, exemplars: unpacked.filter(isFirst) };
}

function checkLibrary(text: string, name: string): LibraryFile {
  const refuse = (reason: string, cause?: unknown) =>
    new UserError({
      code: 'library-unreadable',
      subject: name,
      reason,
      remedy: 'Give a library file saved by the studio ("Save as a file" in its library).',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not valid JSON.', cause);
  }
  const checked = checkDocument('library', value);
  if (!checked.ok) throw refuse(`it is not a library file: ${checked.problems[0]}.`);
  return checked.value;
}

/** Null for text that is not base64. */
function decoded(base64: string, decode: (base64: string) => Uint8Array): Uint8Array | null {
  try {
    return decode(base64);
  } catch {
    return null;
  }
}
