/** What a mark's badge says: number first, words where they fit. Pure. */
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';

export interface MarkWords {
  readonly refused: string;
  readonly clamped: string;
  readonly originUnknown: string;
  readonly corrected: string;
}

const LONGEST = 64;

/** `isOpen`: pointed at or selected, so that there is room for everything. */
export function markLabel(mark: SceneMark, words: MarkWords, isOpen: boolean): string {
  if (mark.kind === 'trail' && !isOpen) return '';
  const says = mark.kind === 'defect' || mark.number === null || isOpen;
  const isNoted = says && (mark.kind === 'defect' || mark.kind === 'place' || mark.failed);
  const parts = [
    mark.number === null ? '' : String(mark.number),
    mark.failed ? words.refused : '',
    mark.clamped ? words.clamped : '',
    mark.isOriginUnknown ? words.originUnknown : '',
    isNoted ? mark.note : '',
  ];
  const text = parts
    .filter((part) => part !== '')
    .join(' · ')
    .replace(/\s+/g, ' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
