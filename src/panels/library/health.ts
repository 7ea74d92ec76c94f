/** How many good parts are enough, in words. */
import type { TFunction } from 'i18next';

/** Below this, how unusual a difference is cannot be told. */
export const FEW = 3;
/** Above this, comparing takes noticeably longer. */
const MANY = 30;

export function countInWords(count: number, t: TFunction): string {
  if (count === 0) return t('health.none');
  if (count < FEW) return t('health.few', { count });
  return t(count > MANY ? 'health.many' : 'health.enough', { count });
}
