/** Words, numbers and dates outside React, in the language the page is shown in. */
import i18next from 'i18next';

/** A text by `namespace:key`; `values` fill its placeholders, `count` chooses the plural. */
export function word(key: string, values: Readonly<Record<string, unknown>> = {}): string {
  return i18next.t(key, values);
}

/** As `word`, for what may come from outside: null when the page's language has no word for it. */
export function knownWord(key: string): string | null {
  return i18next.exists(key) ? i18next.t(key) : null;
}

/** The active language as a BCP 47 tag, for Intl. */
export function locale(): string {
  return i18next.resolvedLanguage ?? 'en';
}

/** Made once each: making one takes longer than a thousand numbers. */
const formats = new Map<string, Intl.NumberFormat>();

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  const key = `${locale()} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(locale(), options);
  formats.set(key, format);
  return format.format(value);
}

/** A score, threshold or correlation, with two decimals. */
export function formatScore(value: number): string {
  return formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `share` 0..1 as a percentage. */
export function formatShare(share: number, digits = 0): string {
  return formatNumber(share, { style: 'percent', maximumFractionDigits: digits });
}

/** How much of something is done, as a percentage: 0 and 100 are said only where it is nothing or all of it. */
export function formatPartOf(share: number): string {
  if (share <= 0) return formatShare(0);
  if (share < 0.001) return `< ${formatShare(0.001, 1)}`;
  if (share < 0.1) return formatShare(share, 1);
  return share < 0.9995 ? formatShare(Math.min(share, 0.99)) : formatShare(1);
}

export function formatDate(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

/** As people write it: 38ms, 1.6s. */
export function formatDuration(ms: number): string {
  const inSeconds = ms >= 950;
  return formatNumber(inSeconds ? ms / 1000 : Math.round(ms), {
    style: 'unit',
    unit: inSeconds ? 'second' : 'millisecond',
    unitDisplay: 'narrow',
    ...(inSeconds && { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  });
}

/** As people write it: 430 kB, 1.6 MB, 2.9 GB. */
export function formatBytes(bytes: number): string {
  const [unit, size, digits] =
    bytes < 1e6
      ? (['kilobyte', 1e3, 0] as const)
      : bytes < 1e9
        ? (['megabyte', 1e6, bytes < 1e7 ? 1 : 0] as const)
        : (['gigabyte', 1e9, 1] as const);
  const value = bytes > 0 && bytes < 1e3 ? 1 : bytes / size;
  return formatNumber(value, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
