/** What is compared with what, and how: the user's choice and what is known of each pair. Pure. */
import type { TraceImage } from '@agentiad/core/protocol/trace.ts';
import { imageOf, type RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import type { Alignment } from '../runtime/compareMessages.ts';
import type { Problem } from '../runtime/messages.ts';
import type { ExemplarRecord } from '../storage/schema.ts';
import type { Current } from './studioState.ts';

/** In the order in which the key goes through them. */
export const COMPARE_MODES = ['off', 'side', 'curtain', 'difference'] as const;
export type CompareMode = (typeof COMPARE_MODES)[number];

export type AlignmentState =
  | { readonly state: 'working' }
  | { readonly state: 'done'; readonly alignment: Alignment }
  | { readonly state: 'failed'; readonly problem: Problem };

export interface CompareState {
  readonly mode: CompareMode;
  /** The exemplar takes the part's place for as long as this is held. */
  readonly isBlinking: boolean;
  /** Hash of the exemplar somebody picked for the part; null: the agent's, else the most similar. */
  readonly picked: { readonly runId: string; readonly sha256: string } | null;
  /** Curtain: share (0..1) of the stage's width that shows the part. */
  readonly divider: number;
  /** Difference: 0..1. */
  readonly opacity: number;
  /** By `pairKey`. */
  readonly alignments: Readonly<Record<string, AlignmentState>>;
  /** By hash of the part, then of the exemplar: cosine similarity. */
  readonly similarities: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const NO_COMPARE: CompareState = {
  mode: 'off',
  isBlinking: false,
  picked: null,
  divider: 0.5,
  opacity: 0.85,
  alignments: {},
  similarities: {},
};

export function pairKey(partSha256: string, exemplarSha256: string): string {
  return `${partSha256}:${exemplarSha256}`;
}

/** Of a pair that was not laid on each other because one of the two was gone. */
export const MISSING_CODE = 'exemplar-missing';

/** Forgets what failed for want of the image `sha256`. */
export function withoutMissing(compare: CompareState, sha256: string): CompareState {
  const isMissing = ([pair, known]: readonly [string, AlignmentState]) =>
    pair.includes(sha256) && known.state === 'failed' && known.problem.code === MISSING_CODE;
  const entries = Object.entries(compare.alignments);
  const kept = entries.filter((entry) => !isMissing(entry));
  return kept.length === entries.length ? compare : { ...compare, alignments: Object.fromEntries(kept) };
}

/** A good part that can be shown beside the part. */
export interface ExemplarChoice {
  readonly sha256: string;
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly similarity: number | null;
  /** Its id in the library; null when it is only in the trace. */
  readonly libraryId: string | null;
  /** Turns in which the agent fetched it. */
  readonly fetched: readonly number[];
  /** What the model saw of it, where the agent fetched it. */
  readonly asset: string | null;
}

export interface ChoiceInput {
  readonly current: Pick<Current, 'run' | 'sha256' | 'category'>;
  readonly exemplars: readonly ExemplarRecord[];
  readonly similarities: Readonly<Record<string, number>>;
}

/**
 * The good parts of the inspection's category and those its trace shows, most similar first; those of unknown
 * similarity last, as the library lists them. The part itself is never among them.
 */
export function exemplarChoices({ current, exemplars, similarities }: ChoiceInput): readonly ExemplarChoice[] {
  const fetches = fetchesOf(current.run);
  const told = new Map(current.run.verdict?.exemplars.map((used) => [used.sha256, used.similarity]));
  const choices = new Map<string, ExemplarChoice>();
  const add = (sha256: string, known: Pick<ExemplarChoice, 'name' | 'size' | 'libraryId'>) => {
    if (sha256 === current.sha256 || choices.has(sha256)) return;
    const fetched = fetches.filter(({ image }) => image.source.sha256 === sha256);
    choices.set(sha256, {
      sha256,
      ...known,
      similarity: similarities[sha256] ?? told.get(sha256) ?? null,
      fetched: fetched.map(({ turn }) => turn),
      asset: fetched[0]?.image.asset ?? null,
    });
  };
  for (const { category, sha256, name, width, height, id } of exemplars)
    if (category === current.category) add(sha256, { name, size: { width, height }, libraryId: id });
  for (const { image } of fetches) {
    const { sha256, name, width, height } = image.source;
    add(sha256, { name, size: { width, height }, libraryId: null });
  }
  return [...choices.values()].sort((a, b) => (b.similarity ?? -1) - (a.similarity ?? -1));
}

/** Where the agent fetched a whole exemplar. */
function fetchesOf(run: RunSoFar): readonly { readonly turn: number; readonly image: TraceImage }[] {
  return run.steps.flatMap((step, index) => {
    const image = imageOf(run, step.observation?.image);
    return image?.role === 'exemplar' ? [{ turn: index + 1, image }] : [];
  });
}

export type ChosenBy = 'person' | 'agent' | 'similarity' | 'order';

/** Which exemplar is compared with at `turn`, and why that one; null when there is none. */
export function chooseExemplar(
  choices: readonly ExemplarChoice[],
  picked: string | null,
  turn: number,
): { readonly choice: ExemplarChoice; readonly by: ChosenBy } | null {
  const byHand = choices.find(({ sha256 }) => sha256 === picked);
  if (byHand) return { choice: byHand, by: 'person' };
  const latest = (until: number) =>
    choices
      .flatMap((choice) => choice.fetched.filter((at) => at <= until).map((at) => ({ choice, at })))
      .sort((a, b) => b.at - a.at)[0]?.choice;
  const fetched = latest(turn) ?? latest(Infinity);
  if (fetched) return { choice: fetched, by: 'agent' };
  const [first] = choices;
  return first ? { choice: first, by: first.similarity === null ? 'order' : 'similarity' } : null;
}

/** How the stage compares: as chosen, else as the agent's step does it, else not at all. */
export function shownMode({ mode, isBlinking }: CompareState, scene: Scene): CompareMode | 'blink' {
  if (isBlinking) return 'blink';
  return mode === 'off' && scene.compare ? 'side' : mode;
}
