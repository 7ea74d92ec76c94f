/** Models in words. */
import type { ModelProgress } from '../../modelStore/meter.ts';
import type { ModelOffer, StoredModel } from '../../modelStore/modelRecord.ts';
import { bytesInWords } from '../../modelStore/room.ts';

const schemes: Readonly<Record<string, string>> = {
  q4: '4-bit weights',
  q8: '8-bit weights',
  f16: '16-bit weights',
  f32: '32-bit weights',
};

/** What is fetched and, where that differs, what is kept. */
export function sizeWords({ kind, fetchedBytes, storedBytes, origin }: ModelOffer): string {
  const kept = bytesInWords(storedBytes);
  if (kind === 'container') return kept;
  return `${origin.kind === 'url' ? 'downloads' : 'reads'} ${bytesInWords(fetchedBytes)}, keeps ${kept}`;
}

export function precisionWords({ card, sizes }: ModelOffer): string {
  return `${parameterWords(sizes.parameters)}, ${schemes[card.scheme] ?? card.scheme}`;
}

function parameterWords(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} billion parameters`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} million parameters`;
  return `${Math.round(count / 1e3)} thousand parameters`;
}

export function commercialWords(use: ModelOffer['card']['commercialUse']): string {
  return { yes: 'Allowed', no: 'Not allowed', ask: 'Unclear: ask whoever offers it' }[use];
}

export function tunedWords({ card }: ModelOffer): string {
  return card.tuned ? 'Tuned for inspection' : 'Base, not inspection-tuned';
}

export function originWords({ origin }: ModelOffer): string {
  if (origin.kind === 'page') return 'this page';
  return origin.kind === 'url' ? origin.host : `the folder ${origin.name}`;
}

export function shareOf({ verifiedBytes, storedBytes }: StoredModel): number {
  return Math.min(1, verifiedBytes / storedBytes);
}

const doing: Readonly<Record<ModelProgress['phase'], string>> = {
  downloading: 'Downloading',
  copying: 'Copying',
  quantising: 'Reading and quantising',
  verifying: 'Verifying',
};

export function progressWords({ phase, doneBytes, totalBytes, bytesPerSecond, secondsLeft }: ModelProgress): string {
  const parts = [`${doing[phase]}: ${bytesInWords(doneBytes)} of ${bytesInWords(totalBytes)}`];
  if (bytesPerSecond !== null && doneBytes < totalBytes) parts.push(`${bytesInWords(bytesPerSecond)}/s`);
  if (secondsLeft !== null && doneBytes < totalBytes) parts.push(timeWords(secondsLeft));
  return parts.join(' · ');
}

function timeWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

/** What an inspection should take on this device; measured when the model was loaded. */
export function expectedWords(seconds: number): string {
  const about = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
  return seconds < 600
    ? `about ${about} s for three images and 300 tokens`
    : `about ${Math.round(seconds / 60)} min for three images and 300 tokens: too slow to work with`;
}
