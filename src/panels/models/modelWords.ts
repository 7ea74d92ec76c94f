/** Models in words. */
import { formatBytes, formatNumber, word } from '../../i18n/words.ts';
import type { ModelProgress } from '../../modelStore/meter.ts';
import type { ModelOffer, StoredModel } from '../../modelStore/modelRecord.ts';

/** What is fetched and, where that differs, what is kept. */
export function sizeWords({ kind, fetchedBytes, storedBytes, origin }: ModelOffer): string {
  const kept = formatBytes(storedBytes);
  if (kind === 'container') return kept;
  const values = { fetched: formatBytes(fetchedBytes), kept };
  return word(origin.kind === 'url' ? 'models:size.downloads' : 'models:size.reads', values);
}

export function precisionWords({ card, sizes }: ModelOffer): string {
  const bits = /^[qf](\d+)$/.exec(card.scheme)?.[1];
  const scheme = bits === undefined ? card.scheme : word('models:bits', { bits });
  const compact = { notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 1 } as const;
  return word('models:parameters', { number: formatNumber(sizes.parameters, compact), scheme });
}

export function commercialWords(use: ModelOffer['card']['commercialUse']): string {
  return word(`models:commercial.${use}`);
}

export function tunedWords({ card }: ModelOffer): string {
  return word(card.tuned ? 'models:tuned' : 'models:base');
}

export function originWords({ origin }: ModelOffer): string {
  if (origin.kind === 'page') return word('models:origin.page');
  return origin.kind === 'url' ? origin.host : word('models:origin.folder', { name: origin.name });
}

export function shareOf({ verifiedBytes, storedBytes }: StoredModel): number {
  return Math.min(1, verifiedBytes / storedBytes);
}

export function progressWords({ phase, doneBytes, totalBytes, bytesPerSecond, secondsLeft }: ModelProgress): string {
  const sizes = { done: formatBytes(doneBytes), total: formatBytes(totalBytes) };
  const parts = [word('models:doing', { doing: word(`models:phase.${phase}`), ...sizes })];
  if (bytesPerSecond !== null && doneBytes < totalBytes) parts.push(`${formatBytes(bytesPerSecond)}/s`);
  if (secondsLeft !== null && doneBytes < totalBytes) parts.push(word('models:left', { time: timeWords(secondsLeft) }));
  return parts.join(' · ');
}

function timeWords(seconds: number): string {
  const [unit, size, digits] =
    seconds < 60
      ? (['second', 1, 0] as const)
      : seconds < 5400
        ? (['minute', 60, 0] as const)
        : (['hour', 3600, 1] as const);
  const value = Math.max(seconds / size, unit === 'second' ? 1 : 0);
  return formatNumber(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits });
}

/** What an inspection should take on this device; measured when the model was loaded. */
export function expectedWords(seconds: number): string {
  const isSlow = seconds >= 600;
  const time = formatNumber(isSlow ? seconds / 60 : seconds, {
    style: 'unit',
    unit: isSlow ? 'minute' : 'second',
    unitDisplay: 'short',
    maximumFractionDigits: seconds < 10 ? 1 : 0,
  });
  return word(isSlow ? 'models:expectedSlow' : 'models:expected', { time });
}
