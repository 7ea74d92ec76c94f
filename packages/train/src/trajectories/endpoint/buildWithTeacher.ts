/**
 * A store of demonstrations by a teacher behind an endpoint: several candidates of each case, unusable ones dropped, the
 * best kept (agent-spec §9.1). Goes on where a killed run stopped; every case leaves one line in `teacher.jsonl`.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pMapIterable } from 'p-map';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { LabelledCase } from '../../data/labelledCase.ts';
import { demonstrate, tokenSpaceOf } from '../build.ts';
import type { TeacherDeps } from '../build.ts';
import { createTrajectoryWriter } from '../store.ts';
import type { Trajectory } from '../trajectory.ts';
import { UnusableOutputError } from './ask.ts';
import type { ChatEndpoint } from './chatEndpoint.ts';
import { createChatEndpoint } from './chatEndpoint.ts';
import { createEndpointTeacher } from './endpointTeacher.ts';
import { judge } from './judge.ts';
import { createLedger, describeLedger } from './ledger.ts';
import type { LedgerSummary } from './ledger.ts';
import { describePlan, planTeacher } from './plan.ts';
import { createRequestCache } from './requestCache.ts';
import type { TeacherConfig } from './teacherConfig.ts';

export interface TeacherJob {
  readonly example: LabelledCase;
  readonly mode: Mode;
  /** A stream of the case's own: every candidate starts it anew. */
  readonly random: () => Random;
}

export interface TeacherBuildOptions {
  readonly jobs: readonly TeacherJob[];
  readonly folder: string;
  readonly cacheFolder: string;
  readonly config: TeacherConfig;
  readonly apiKey: string;
  readonly deps: TeacherDeps;
  /** What else decides what is in the store, for its header: the run's name, seed and data. */
  readonly run: Readonly<Record<string, unknown>>;
  /** Print what would be sent and its cost, send nothing. */
  readonly estimateOnly?: boolean;
  readonly say: (text: string) => void;
}

export interface TeacherBuildSummary {
  readonly written: number;
  /** There from an earlier run. */
  readonly kept: number;
  readonly dropped: readonly { readonly id: string; readonly problems: readonly string[] }[];
  readonly ledger: LedgerSummary;
}

interface CandidateLog {
  readonly seed: number;
  readonly repairs: readonly string[];
  /** Why it was dropped, or null. */
  readonly problem: string | null;
  readonly score: number | null;
  readonly reason: string | null;
}

interface Outcome {
  readonly id: string;
  readonly trajectory: Trajectory | null;
  readonly candidates: readonly CandidateLog[];
}

/** Throws a UserError when the endpoint fails for good, or when not one case could be demonstrated. */
export async function buildWithTeacher(options: TeacherBuildOptions): Promise<TeacherBuildSummary> {
  const { folder, config, deps, say } = options;
  const ledger = createLedger(config.prices, config.budget);
  if (options.estimateOnly) {
    say(describePlan(planTeacher(options.jobs, config), config, options.cacheFolder));
    say('Nothing was sent.');
    return { written: 0, kept: 0, dropped: [], ledger: ledger.summary };
  }
  const header = {
    format: 'agentiad-trajectories/1' as const,
    tokens: tokenSpaceOf(deps.model),
    maker: { teacher: makerOf(config), run: options.run },
  };
  const writer = await createTrajectoryWriter(folder, { header, resume: true });
  const left = options.jobs.filter(({ example, mode }) => !writer.done.has(`${example.id}/${mode}`));
  if (writer.done.size > 0) say(`${writer.done.size} of ${options.jobs.length} cases are there already.`);
  say(describePlan(planTeacher(left, config), config, options.cacheFolder));

  const cache = createRequestCache(options.cacheFolder);
  const endpoint = createChatEndpoint({ config, apiKey: options.apiKey, cache, ledger, say });
  const log = path.join(folder, 'teacher.jsonl');
  await mkdir(folder, { recursive: true });
  const dropped: { id: string; problems: readonly string[] }[] = [];
  let written = 0;
  try {
    const make = (job: TeacherJob) => bestOf(job, endpoint, options);
    for await (const outcome of pMapIterable(left, make, { concurrency: config.concurrency })) {
      const { id, trajectory, candidates } = outcome;
      if (trajectory) {
        await writer.write(trajectory);
        written++;
      } else {
        const problems = candidates.map(({ problem }) => problem ?? 'not the best');
        dropped.push({ id, problems });
        say(`${id} is left out: ${problems.join('; ')}`);
      }
      await appendFile(log, `${JSON.stringify({ id, kept: trajectory !== null, candidates })}\n`);
      if ((written + dropped.length) % 10 === 0) {
        say(`${written + dropped.length} of ${left.length}: ${describeLedger(ledger.summary)}`);
      }
    }
  } finally {
    endpoint.close();
    await writer.close();
    say(describeLedger(ledger.summary));
  }
  if (dropped.length > 0) say(`${dropped.length} cases are left out; why stands in ${log}.`);
  if (left.length > 0 && written === 0) throw nothingUsable(config, log);
  return { written, kept: writer.done.size, dropped, ledger: ledger.summary };
}

/** Candidates of one case: without a judge the first usable one, with a judge the best of all. */
async function bestOf(job: TeacherJob, endpoint: ChatEndpoint, options: TeacherBuildOptions): Promise<Outcome> {
  const { config, deps } = options;
  const { example, mode } = job;
  const candidates: CandidateLog[] = [];
  let best: { trajectory: Trajectory; score: number } | null = null;
  for (let seed = 0; seed < config.candidates; seed++) {
    const repairs: string[] = [];
    const onRepair = (step: string, problem: string) => void repairs.push(`${step}: ${problem}`);
    const note = (fields: Partial<CandidateLog>) =>
      candidates.push({ seed, repairs, problem: null, score: null, reason: null, ...fields });
    try {
      const teacher = createEndpointTeacher({ endpoint, config, example, seed, onRepair });
      const { trajectory, trace } = await demonstrate(example, mode, deps, job.random(), teacher);
      if (!config.judge) {
        note({});
        best = { trajectory, score: 0 };
        break;
      }
      const { model, minimumScore } = config.judge;
      const { images } = trajectory;
      const asked = { endpoint, model, repairs: config.repairs, seed, example, trace, images, onRepair };
      const { score, reason } = await judge(asked);
      const isGood = score >= minimumScore;
      note({ score, reason, problem: isGood ? null : `the judge gave ${score} of 10: ${reason}` });
      if (isGood && (best === null || score > best.score)) best = { trajectory, score };
    } catch (error) {
      if (!(error instanceof UnusableOutputError)) throw error;
      note({ problem: error.message });
    }
  }
  return { id: `${example.id}/${mode}`, trajectory: best?.trajectory ?? null, candidates };
}

/** Settings that change what is written; waits, limits and prices do not. */
function makerOf(config: TeacherConfig): Readonly<Record<string, unknown>> {
  const { baseUrl, model, temperature, maxTokens, repairs, candidates, judge: judging } = config;
  return { baseUrl, model, temperature, maxTokens, repairs, candidates, judge: judging };
}

function nothingUsable(config: TeacherConfig, log: string): UserError {
  return new UserError({
    code: 'teacher-nothing-usable',
    subject: config.model,
    reason: 'not one of its demonstrations can be used.',
    remedy: `Read in ${log} what was wrong; try another model, more \`repairs\` or a lower \`minimumScore\`.`,
  });
}
