/** The one rule about a recipe's areas: they leave something to inspect. Asked where they are drawn and where a file brings them. */
import type { Areas } from '../image/areas.ts';
import { inspectedShare } from '../image/areas.ts';
import { UserError } from '../support/userError.ts';

/** As fine as areas are looked at: what is smaller than a cell of it is no place to inspect. */
const GRID = { width: 512, height: 512 };

/** The refusal of areas of `subject` that leave nothing of a part to inspect (`recipe-inspects-nothing`); null: they are fine. */
export function refusalOfAreas(areas: Areas, subject: string): UserError | null {
  if (inspectedShare(areas, GRID) > 0) return null;
  return new UserError({
    code: 'recipe-inspects-nothing',
    subject,
    reason: 'its region of interest and places to ignore leave nothing of a part to inspect.',
    remedy: 'Make the region of interest larger, or the places to ignore smaller.',
  });
}
