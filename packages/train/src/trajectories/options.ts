/** Flags of `data build` that name a teacher behind an endpoint. Without `--teacher` nothing leaves this machine. */
import { Option } from 'commander';
import { UsageError } from '../commands/usageError.ts';
import type { TeacherConfig } from './endpoint/teacherConfig.ts';
import { readApiKey, readTeacherConfig } from './endpoint/teacherConfig.ts';

export interface TeacherFlags {
  readonly teacher?: string;
  readonly estimateOnly?: boolean;
}

export interface OpenedTeacher {
  readonly config: TeacherConfig;
  readonly apiKey: string;
  readonly estimateOnly: boolean;
}

export function teacherOptions(): readonly Option[] {
  return [
    new Option('--teacher <file>', 'teacher behind an OpenAI-compatible endpoint (JSON; default: the scripted one)'),
    new Option('--estimate-only', 'with --teacher: print what would be sent and its cost, send nothing'),
  ];
}

/** Null for the scripted teacher. An estimate needs no key. */
export async function openTeacher(flags: TeacherFlags): Promise<OpenedTeacher | null> {
  const { estimateOnly = false } = flags;
  if (flags.teacher === undefined) {
    if (!estimateOnly) return null;
    throw new UsageError('--estimate-only', 'only a teacher behind an endpoint costs something.', 'Add --teacher.');
  }
  const config = await readTeacherConfig(flags.teacher);
  return { config, apiKey: estimateOnly ? '' : readApiKey(config, process.env), estimateOnly };
}
