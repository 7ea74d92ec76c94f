/** What the harness page offers the specs. Everything that crosses is plain data; bytes travel as base64. */
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import type { Tier } from '@agentiad/core/kernels/capabilities.ts';
import type { KernelFamily } from '@agentiad/core/kernels/cases.ts';
import type { SelfTestReport } from '@agentiad/core/kernels/selfTest.ts';
import type { CaseReport } from '@agentiad/core/model/parity.ts';
import type { BackendInfo, BackendName, Outcome } from '../../src/runtime/messages.ts';

export interface GoldenJob {
  /** Name of a folder in `packages/core/fixtures/golden`. */
  readonly folder: string;
  readonly caseNames: readonly string[];
}

export interface GoldenRun {
  readonly reports: readonly CaseReport[];
  /** Tensors that were still there afterwards. */
  readonly leakedTensors: number;
}

export interface KernelRun {
  readonly cases: number;
  /** `name: problem` of each that failed. */
  readonly failures: readonly string[];
}

/** A decoded image; `pixels` is `raster.data` in base64. */
export type HarnessImage = Omit<DecodedImage, 'raster'> & {
  readonly width: number;
  readonly height: number;
  readonly pixels: string;
};

export interface HarnessApi {
  /** Chooses the backend as the studio does when it is named in the address. Call once, before `runGolden`. */
  start(backend: BackendName): Promise<Outcome<BackendInfo>>;
  runGolden(job: GoldenJob): Promise<Outcome<GoldenRun>>;
  /** Runs every case of a family as on a device of `tier`. */
  runKernels(family: KernelFamily, tier: Tier): Promise<Outcome<KernelRun>>;
  selfTest(): Promise<Outcome<SelfTestReport>>;
  decode(file: string, name: string): Promise<Outcome<HarnessImage>>;
}

declare global {
  /** On the harness page only. */
  var harness: HarnessApi;
}
