/** Reads a trace file from outside: nothing of it is shown or stored before all of it has been checked. */
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { base64 } from '@scure/base';

/**
 * Parses and checks a trace: schema, pictures (their bytes must have the hash they are filed under, since pictures are
 * stored by hash) and evidence maps. Throws a UserError `trace-unreadable` or `trace-damaged`.
 */
export function parseTrace(text: string, name: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refusal('trace-unreadable', name, 'is not JSON.', cause);
  }
  const checked = checkDocument('trace', value);
  if (!checked.ok) throw refusal('trace-unreadable', name, `is not a trace of an inspection: ${checked.problems[0]}.`);
  const damage = damageOf(checked.value);
  if (damage) throw refusal('trace-damaged', name, damage);
  return checked.value;
}

function damageOf({ steps, assets }: Trace): string | null {
  for (const { id, observation } of steps) {
    const map = observation?.map;
    if (map && map.values.length !== map.rows * map.columns)
      return `the evidence map of step ${id} has ${map.values.length} values for ${map.rows} x ${map.columns} cells.`;
  }
  for (const [sha256, asset] of Object.entries(assets)) {
    const bytes = decoded(asset.base64);
    if (!bytes) return `the picture ${sha256.slice(0, 12)} is not valid base64.`;
    if (sha256Hex(bytes) !== sha256) return `the picture ${sha256.slice(0, 12)} is not the one that was saved.`;
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

function refusal(code: string, subject: string, reason: string, cause?: unknown): UserError {
  const remedy = 'Choose a trace file saved by this studio or by `agentiad inspect --trace`.';
  return new UserError({ code, subject, reason, remedy, cause });
}
