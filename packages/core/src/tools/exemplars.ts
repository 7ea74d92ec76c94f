/** Known-good images of one category, as the agent's tools see them. Hosts (idb, folders) implement `ExemplarSet`. */
import type { Raster } from '../image/raster.ts';

export interface Exemplar {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the file's bytes; a part is never compared with itself. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  /** Decodes on demand; callers must not keep more rasters than they need. */
  load(): Promise<Raster>;
}

export interface ExemplarSet {
  readonly category: string;
  readonly exemplars: readonly Exemplar[];
}
