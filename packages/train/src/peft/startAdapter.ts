/** The adapter that a run goes on with (`--adapter`): a folder of PEFT, with its hash for the run's record. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { fileUnreadable } from '../host/files.ts';
import { openFolder } from '../host/folderSource.ts';
import { nodeSha256 } from '../host/sha256.ts';
import type { LoraSettings } from '../nn/lora.ts';
import type { PeftAdapter } from './importAdapter.ts';
import { openPeftAdapter } from './importAdapter.ts';

export interface StartAdapter extends PeftAdapter {
  readonly sha256: string;
}

/**
 * Null without `--adapter`. Throws a UserError where the run of `section` trains no adapter, and for one that is not for a
 * model of `config`.
 */
export async function openStartAdapter(
  { config: file, adapter: folder }: { readonly config: string; readonly adapter?: string },
  { lora }: { readonly lora?: LoraSettings },
  config: ModelConfig,
  section: 'sft' | 'grpo',
): Promise<StartAdapter | null> {
  if (folder === undefined) return null;
  if (!lora) {
    throw new UserError({
      code: 'run-config',
      subject: file,
      reason: 'it trains no adapter that --adapter could start.',
      remedy: `Add ${section}.lora with the settings of the adapter.`,
    });
  }
  const sha256 = await hashFile(path.join(folder, 'adapter_model.safetensors'));
  return { ...(await openPeftAdapter(openFolder(folder), config)), sha256 };
}

export async function hashFile(file: string): Promise<string> {
  const hash = nodeSha256.stream();
  try {
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  } catch (error) {
    throw fileUnreadable(file, error as NodeJS.ErrnoException);
  }
  return hash.hex();
}
