/** A worker that takes image files in: reads, hashes, decodes, makes thumbnails. Several of them share an import. */
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import { uprightSize } from '@agentiad/core/image/orientation.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { expose, transfer } from 'comlink';
import type { IntakeApi } from './intakeMessages.ts';
import { outcomeOf } from './messages.ts';
import { intakeImage } from './prepareImage.ts';

const api: IntakeApi = {
  look: (file) =>
    outcomeOf(file.name, async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const info = inspectImageFile(bytes, file.name);
      return { sha256: sha256Hex(bytes), ...uprightSize(info, info.orientation), sizeBytes: bytes.length };
    }),
  take: async (file, window) => {
    const outcome = await outcomeOf(file.name, async () => intakeImage(await file.arrayBuffer(), file.name, window));
    return outcome.ok ? transfer(outcome, [outcome.value.bytes, outcome.value.thumb]) : outcome;
  },
};

expose(api);
