/**
 * One process to a run folder: `run.lock` names the process that writes there. A lock whose process is gone (`kill -9`, a
 * restart) is taken over; process numbers are used again, so a process is known by when it began as well.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isJsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { writing } from '../host/files.ts';
import { PARTIAL } from './durable.ts';

export const LOCK_FILE = 'run.lock';

export interface RunLock {
  release(): Promise<void>;
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, where the system tells; null elsewhere. */
  readonly began: string | null;
  /** Of this lock alone. */
  readonly key: string;
}

/** What a process takes at most between looking at a lock and writing its own. */
const UNFINISHED_MS = 200;

/** Throws a UserError that names the process when another one holds `folder`. */
export async function lockRun(folder: string): Promise<RunLock> {
  const file = path.join(folder, LOCK_FILE);
  const own: Holder = {
    host: os.hostname(),
    pid: process.pid,
    began: await beginningOf(process.pid),
    key: randomUUID(),
  };
  const text = `${JSON.stringify(own)}\n`;
  while (!(await create(file, text))) {
    const found = await readHolder(file);
    if (found === 'gone') continue;
    if (found.holder && (await isAlive(found.holder))) throw inUse(folder, file, found.holder);
    if (await takeOver(file, found.text, text)) break;
  }
  return {
    async release() {
      if ((await readFile(file, 'utf8').catch(() => null)) === text) await writing(file, () => rm(file));
    },
  };
}

async function create(file: string, text: string): Promise<boolean> {
  return writing(file, async () => {
    const handle = await open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    });
    if (!handle) return false;
    try {
      await handle.writeFile(Buffer.from(text));
    } finally {
      await handle.close();
    }
    return true;
  });
}

/** The lock and its holder, null when it says none: its writer died over it. */
async function readHolder(file: string): Promise<{ text: string; holder: Holder | null } | 'gone'> {
  for (let attempt = 0; ; attempt++) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return 'gone';
    const holder = parse(text);
    if (holder || attempt > 0) return { text, holder };
    await wait(UNFINISHED_MS);
  }
}

function parse(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    const isHolder = isJsonObject(value) && typeof value['pid'] === 'number' && typeof value['host'] === 'string';
    return isHolder ? (value as unknown as Holder) : null;
  } catch {
    return null;
  }
}

/** Puts `text` in the place of a dead lock. Of several who do so at once, the last one has it, and the others see that. */
async function takeOver(file: string, dead: string, text: string): Promise<boolean> {
  const own = path.join(path.dirname(file), `${PARTIAL}${LOCK_FILE}-${randomUUID()}`);
  await writing(own, () => writeFile(own, text));
  if ((await readFile(file, 'utf8').catch(() => null)) !== dead) {
    await rm(own);
    return false;
  }
  await writing(file, () => rename(own, file));
  await wait(UNFINISHED_MS);
  return (await readFile(file, 'utf8').catch(() => null)) === text;
}

/** On another machine it cannot be known: as alive. */
async function isAlive({ host, pid, began }: Holder): Promise<boolean> {
  if (host !== os.hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return began === null || began === (await beginningOf(pid));
}

/** Boot and ticks since it, as Linux tells them; null where there is no /proc. */
async function beginningOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // The name of the command, in brackets, may hold anything; the start is field 22.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()} ${ticks}`;
  } catch {
    return null;
  }
}

function inUse(folder: string, file: string, { host, pid }: Holder): UserError {
  const isHere = host === os.hostname();
  return new UserError({
    code: 'run-in-use',
    subject: folder,
    reason: `process ${pid}${isHere ? '' : ` on ${host}`} is writing to this run.`,
    remedy: isHere
      ? 'Wait for it, stop it, or give this run another name.'
      : `Wait for it; if it no longer runs there, remove ${file}.`,
  });
}
