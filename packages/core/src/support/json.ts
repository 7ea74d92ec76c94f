/** Reads JSON that somebody else wrote: bytes in, a plain object out, a UserError that names the file if it is not one. */
import { strFromU8 } from 'fflate';
import { UserError } from './userError.ts';

export type JsonObject = { readonly [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses UTF-8 `bytes` of `path`; throws a UserError (`bad-json`) when they are not a JSON object. */
export function parseJsonObject(bytes: Uint8Array, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(strFromU8(bytes));
  } catch (cause) {
    throw new UserError({
      code: 'bad-json',
      subject: path,
      reason: `is not valid JSON (${(cause as Error).message}).`,
      remedy: 'Get the file again from where it came.',
      cause,
    });
  }
  if (isJsonObject(value)) return value;
  throw new UserError({
    code: 'bad-json',
    subject: path,
    reason: 'holds no JSON object.',
    remedy: 'Get the file again from where it came.',
  });
}
