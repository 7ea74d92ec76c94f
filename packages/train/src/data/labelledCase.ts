/** One labelled inspection: a part, its truth and its exemplars. Every data source yields these; nothing else trains or evaluates. */
import type { Box } from '@agentiad/core/image/box.ts';
import type { DecodedImage, Raster } from '@agentiad/core/image/raster.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import type { Truth } from '@agentiad/core/validation/labelledScore.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';

/** Truth of a labelled part. */
export type Label = Truth;

export interface LabelledBox {
  /** Half-open pixels of the upright part image. */
  readonly box: Box;
  readonly type: string | null;
}

export interface LabelledCase {
  /** Unique in its source; never tells the label. */
  readonly id: string;
  /** `procedural`, `deeppcb`, `cookies`, ... */
  readonly source: string;
  readonly category: string;
  /** Cases of one group (board, category design, file) never fall on two sides of a split. */
  readonly group: string;
  /** Candidate types shown in the prompt: one list per category, the same for good and bad parts. */
  readonly types: readonly string[];
  readonly label: Label;
  readonly type: string | null;
  readonly boxes: readonly LabelledBox[];
  /** Where this part might have been defective, drawn as defects are; for demonstrations that have to look somewhere. */
  readonly decoy?: () => Box;
  /** Decodes or renders anew at each call; same bytes each time. */
  part(): Promise<DecodedImage>;
  readonly exemplars: ExemplarSet;
}

/** A generated image as a decoded file. `identity` (what it was generated from) stands for its bytes in the hash. */
export function asDecoded(raster: Raster, name: string, identity: string): DecodedImage {
  return {
    name,
    sha256: identityHash(identity),
    sizeBytes: raster.data.length,
    format: 'png',
    bitDepth: 8,
    orientationApplied: 1,
    conversions: [],
    windowLevel: null,
    raster,
  };
}

export function generatedExemplar(name: string, identity: string, size: number, load: () => Promise<Raster>): Exemplar {
  return { id: name, name, sha256: identityHash(identity), width: size, height: size, load };
}

function identityHash(identity: string): string {
  return sha256Hex(Uint8Array.from(identity, (character) => character.charCodeAt(0) & 0xff));
}
