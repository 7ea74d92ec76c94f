/** Reading and writing files that a user named: what goes wrong is said with the path, the cause and a remedy. */
import { access, constants, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';

/** The file's bytes. Throws a UserError when it is not there or cannot be read. */
export async function readUserFile(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw fileUnreadable(file, error);
  });
}

export function fileUnreadable(file: string, error: NodeJS.ErrnoException): UserError {
  const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  return new UserError({
    code: isMissing ? 'file-missing' : 'file-unreadable',
    subject: file,
    reason: isMissing ? 'there is no such file or folder.' : `it cannot be read (${error.code}).`,
    remedy: isMissing ? 'Check the path.' : 'Check that it is a file and that you may read it.',
    cause: error,
  });
}

/** Makes sure that `file` can be written before any work is done for it; makes its folder, leaves the file as it is. */
export async function prepareOutputFile(file: string): Promise<void> {
  await prepareOutputFolder(path.dirname(file));
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw notWritable(file, 'it is a folder.', 'Name a file.');
  if (found) await checkWritable(file);
}

/** Makes `folder` with its parents and checks that files can be put there. */
export async function prepareOutputFolder(folder: string): Promise<void> {
  await makeFolder(path.resolve(folder));
  await checkWritable(folder);
}

/** Level by level: Node's recursive `mkdir` never returns under a parent that takes no folders, such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return;
  if (found) throw notWritable(folder, 'it is a file, not a folder.', 'Name another folder.');
  await makeFolder(path.dirname(folder));
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return; // another process made it meanwhile
    throw notWritable(folder, `the folder cannot be made (${error.code}).`, 'Name another folder.', error);
  });
}

async function checkWritable(target: string): Promise<void> {
  await access(target, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw notWritable(target, `it cannot be written (${error.code}).`, 'Check its permissions.', error);
  });
}

/** Runs a write to `target`; a full disk or a lost permission is named with the file. */
export async function writing<T>(target: string, write: () => Promise<T>): Promise<T> {
  return write().catch((error: NodeJS.ErrnoException) => {
    throw notWritable(
      target,
      `it cannot be written (${error.code}).`,
      'Check its permissions and the free space.',
      error,
    );
  });
}

function notWritable(subject: string, reason: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code: 'output-not-writable', subject, reason, remedy, cause });
}
