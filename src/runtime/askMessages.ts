/** What page and worker say to each other about inspections that go on, and about questions asked of them. */
import type { MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import type { StoredInspection } from '@agentiad/core/agent/continuation.ts';
import type { Question } from '@agentiad/core/agent/question.ts';
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import type { CheckKind, Trace, TraceCheck } from '@agentiad/core/protocol/trace.ts';
import type { InspectJob, LibraryJob, Outcome } from './messages.ts';

/** Where an earlier inspection is gone on from. */
export interface FromJob {
  readonly stored: StoredInspection;
  /** Which model made it; null where nobody knows. */
  readonly modelSha256: string | null;
  /** The last step to take over; null: none. */
  readonly after: string | null;
}

/** `sweep`: all that was not seen at full resolution. */
export type Asked = Question | { readonly kind: 'sweep' };

export interface AskJob {
  readonly from: FromJob;
  readonly asked: Asked;
}

export interface CheckJob {
  readonly kind: CheckKind;
  readonly trace: Trace;
  /** Good parts of another category, for `wrong-exemplar`; null: its own, shuffled. */
  readonly others: LibraryJob | null;
}

/** Each counts as the running inspection: one at a time, ended by `stop`. `job` asks what the inspection was asked. */
export interface AskApi {
  /** `job.runId` names the branch. `onProgress` counts the tiles of a sweep. */
  ask(
    job: InspectJob,
    what: AskJob,
    onEvent: (event: RunEvent) => void,
    onProgress: (done: number, total: number) => void,
  ): Promise<Outcome<MadeBranch>>;
  check(job: InspectJob, what: CheckJob): Promise<Outcome<TraceCheck>>;
}
