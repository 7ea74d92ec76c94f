/**
 * Coarse families of defect types, for partial credit: IndusAgent names a hierarchical taxonomy but does not publish it
 * (agent-spec §9.4), so this one is ours.
 */
import { plainLabel } from './facts.ts';

/** Words that place a type in a family; the first family with a match counts. */
const FAMILIES: readonly (readonly string[])[] = [
  ['missing', 'absent', 'lost', 'open', 'mousebite', 'mouse bite'],
  ['misplace', 'misalign', 'swap', 'flip', 'extra', 'wrong', 'short', 'spur', 'copper'],
  ['crack', 'broken', 'break', 'chip', 'cut', 'hole', 'tear', 'pit', 'pore'],
  ['bent', 'bend', 'dent', 'squeeze', 'fold', 'deform', 'warp'],
  ['scratch', 'scrape', 'stain', 'spot', 'contaminat', 'dirt', 'color', 'colour', 'print', 'rust', 'burn'],
];

const SAME_FAMILY = 0.5;

/** 1 for the same type, 0.5 for another of its family, else 0. */
export function typeSimilarity(said: string, truth: string | null): number {
  if (truth === null) return 0;
  const [a, b] = [plainLabel(said), plainLabel(truth)];
  if (a === b) return 1;
  const family = familyOf(a);
  return family >= 0 && family === familyOf(b) ? SAME_FAMILY : 0;
}

function familyOf(label: string): number {
  return FAMILIES.findIndex((words) => words.some((word) => label.includes(word)));
}
