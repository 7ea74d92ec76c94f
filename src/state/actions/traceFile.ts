/**
 * Reads a trace file from outside: nothing of it is shown or stored before all of it has been checked. Pictures that are
 * not in it are no damage (missingPixels.ts); anything else that is wrong refuses the whole file. Fetched when a file
 * is opened: checking takes more code than the start of the page.
 */
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { base64 } from '@scure/base';
import { word } from '../../i18n/words.ts';
import { damagedPart } from './damageWords.ts';

const SCHEMA = 'agentiad-trace/';
/** The version this page reads. */
const VERSION = 1;
const REMEDY = 'Choose a trace file saved by this studio or by `agentiad inspect --trace`.';

/**
 * Parses and checks a trace: version, schema, pictures (their bytes must have the hash they are filed under, since
 * pictures are stored by hash) and evidence maps. Throws a UserError `trace-unreadable`, `trace-foreign`, `trace-newer`
 * or `trace-damaged`.
 */
export function parseTrace(text: string, name: string): Trace {
  const value = parseJson(text, name);
  const schema = schemaOf(value);
  const version = Number(schema.startsWith(SCHEMA) ? schema.slice(SCHEMA.length) : NaN);
  if (version > VERSION) throw newer(name, version);
  if (version !== VERSION) throw refusal('trace-foreign', name, describeForeign(value, schema));
  const checked = checkDocument('trace', value);
  if (!checked.ok) {
    const [problem = ''] = checked.problems;
    const part = damagedPart(/^\/\S*/.exec(problem)?.[0] ?? '');
    throw refusal('trace-damaged', name, word('notices:damaged', { part }), new Error(problem));
  }
  const damage = damageOf(checked.value);
  if (damage) throw refusal('trace-damaged', name, damage);
  return checked.value;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason =
      text.trim() === ''
        ? 'It is empty.'
        : /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text)
          ? 'It ends early: the file is cut off.'
          : 'It is not JSON.';
    throw refusal('trace-unreadable', name, reason, cause);
  }
}

function schemaOf(value: unknown): string {
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  return typeof schema === 'string' ? schema : '';
}

/** What a file is that is no trace, as far as that can be told. */
function describeForeign(value: unknown, schema: string): string {
  if (schema.startsWith('agentiad-verdict/')) return 'It holds a verdict without its steps: save the trace instead.';
  if (schema !== '') return `It is JSON of another kind: ${schema.slice(0, 60)}.`;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.includes('annotations') && keys.includes('images')) return 'It holds COCO annotations, not an inspection.';
  return 'It is JSON, but not of an inspection.';
}

function damageOf(trace: Trace): string | null {
  const { steps, assets, branches = [] } = trace;
  for (const { id, observation } of [...steps, ...branches.flatMap((branch) => branch.steps)]) {
    const map = observation?.map;
    if (map && map.values.length !== map.rows * map.columns)
      return `The evidence map of step ${id} has ${map.values.length} values for ${map.rows} x ${map.columns} cells.`;
  }
  for (const { id, after } of branches) {
    if (after !== null && !steps.some((step) => step.id === after))
      return `The question ${id} was asked after step ${after}, which is not there.`;
  }
  for (const [sha256, asset] of Object.entries(assets)) {
    const bytes = decoded(asset.base64);
    if (!bytes) return `The picture ${sha256.slice(0, 12)} is not valid base64.`;
    if (sha256Hex(bytes) !== sha256) return `The picture ${sha256.slice(0, 12)} is not the one that was saved.`;
  }
  return null;
}

function decoded(text: string): Uint8Array | null {
  try {
    return base64.decode(text);
  } catch {
    return null;
  }
}

function newer(subject: string, version: number): UserError {
  return new UserError({
    code: 'trace-newer',
    subject,
    reason: `It was saved by a newer version (trace format ${version}; this page reads ${VERSION}).`,
    remedy: 'Reload this page to get its newest version, or open the file where it was saved.',
  });
}

function refusal(code: string, subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({ code, subject, reason, remedy: REMEDY, cause });
}
