/**
 * Other names for defect types: a student that always reads the same eight words would never learn to copy a type from
 * the candidate list. Half of the demonstrations use names drawn from here instead.
 */
import type { Random } from '@agentiad/core/support/random.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { shuffled } from '../data/split.ts';

const PLAIN =
  'burr hole cut fold poke glue rust dirt fiber gap short open spur bubble thread oil squeeze swap rough bent broken ' +
  'loose dark bright warped tear pit flake foreign deformed misplaced faded smeared cracked scratched damaged flipped ' +
  'contamination discoloration corrosion porosity inclusion delamination mousebite';
const COMPOUND =
  'missing_or_deformed faulty_imprint bent_lead cut_lead damaged_case split_teeth pin_hole spurious_copper color_spot ' +
  'metal_contamination missing_cable poke_insulation thread_side broken_large broken_small missing_wire surface_scratch';
const SPACED =
  'bent pin|missing screw|edge chip|oil stain|wrong colour|open circuit|loose thread|air bubble|burnt spot|sharp edge|tool mark';

export const OTHER_NAMES: readonly string[] = [...PLAIN.split(' '), ...COMPOUND.split(' '), ...SPACED.split('|')];

const SHARE = 0.5;

/** The same case, its types under other names for half of the draws; one name per type, list and label alike. */
export function renameTypes(example: LabelledCase, random: Random): LabelledCase {
  const isRenamed = random.next() < SHARE;
  const drawn = shuffled(OTHER_NAMES, random);
  const name = (type: string) => (isRenamed ? drawn[example.types.indexOf(type)]! : type);
  return {
    id: example.id,
    source: example.source,
    category: example.category,
    group: example.group,
    label: example.label,
    types: shuffled(example.types.map(name), random),
    type: example.type === null ? null : name(example.type),
    // Boxes of generated parts are known only after rendering: read through, not copied.
    get boxes() {
      return example.boxes;
    },
    ...(example.decoy && { decoy: example.decoy }),
    part: () => example.part(),
    exemplars: example.exemplars,
  };
}
