/** The file that names a teacher's endpoint (`schema/teacher.schema.json`). Nothing is sent to anybody without one. */
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UserError } from '@agentiad/core/support/userError.ts';
import teacherSchema from '../../../schema/teacher.schema.json' with { type: 'json' };

/** Money per million tokens. */
export interface Prices {
  readonly currency: string;
  readonly promptPerMillion: number;
  readonly completionPerMillion: number;
}

export interface TeacherConfig {
  readonly baseUrl: string;
  readonly model: string;
  /** Environment variable that holds the key; null: the server wants none. */
  readonly apiKeyEnv: string | null;
  readonly prices: Prices;
  /** Money; null: no limit. */
  readonly budget: number | null;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  readonly imageTokens: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly firstDelaySeconds: number;
  readonly requestsPerMinute: number;
  readonly concurrency: number;
  readonly repairs: number;
  readonly candidates: number;
  readonly judge: { readonly model: string; readonly minimumScore: number } | null;
}

/** Sampling and repairs as agent-spec §2.6 gives them; one 1024-pixel image takes about 765 tokens at the usual prices. */
export const TEACHER_DEFAULTS = {
  budget: null,
  temperature: 0.7,
  maxTokens: 1024,
  maxTokensField: 'max_tokens',
  imageTokens: 765,
  timeoutSeconds: 120,
  retries: 6,
  firstDelaySeconds: 1,
  requestsPerMinute: 60,
  concurrency: 4,
  repairs: 5,
  candidates: 1,
  judge: null,
} as const satisfies Omit<TeacherConfig, 'baseUrl' | 'model' | 'apiKeyEnv' | 'prices'>;

/** Throws a UserError that names the file and the first thing wrong in it. */
export async function readTeacherConfig(file: string): Promise<TeacherConfig> {
  const fail = (reason: string, cause?: unknown) =>
    new UserError({
      code: 'teacher-config',
      subject: file,
      reason,
      remedy: 'See packages/train/schema/teacher.schema.json.',
      cause,
    });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fail('the teacher configuration cannot be read.', error);
  });
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw fail('it is not valid JSON.', error);
  }
  const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
  if (!ajv.validate(teacherSchema, config)) {
    throw fail(`it does not fit the schema: ${ajv.errorsText(ajv.errors, { dataVar: 'teacher' })}.`);
  }
  const teacher = { ...TEACHER_DEFAULTS, ...(config as TeacherConfig) };
  if (teacher.candidates > 1 && !teacher.judge) throw fail('several candidates need a `judge` that picks the best.');
  return teacher;
}

/** The key from the environment, or a stand-in for servers that want none. */
export function readApiKey(
  config: Pick<TeacherConfig, 'apiKeyEnv' | 'baseUrl'>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (config.apiKeyEnv === null) return 'none';
  const key = env[config.apiKeyEnv];
  if (key) return key;
  throw new UserError({
    code: 'teacher-key-missing',
    subject: config.apiKeyEnv,
    reason: `the environment variable with the key of ${config.baseUrl} is not set.`,
    remedy: `Set it, or write "apiKeyEnv": null for a server that wants no key.`,
  });
}
