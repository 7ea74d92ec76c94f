/**
 * Tests only: takes files in without workers. A file that begins with `broken` is refused; `WxH` in its name is its size.
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import type { Intake } from '../runtime/intakeClient.ts';
import type { IntakenImage } from '../runtime/intakeMessages.ts';

export function createTestIntake(): Intake {
  return {
    async look(file) {
      const { bytes, size } = await read(file);
      return { sha256: sha256Hex(bytes), ...size, sizeBytes: bytes.length };
    },
    async take(file) {
      const { bytes, size } = await read(file);
      const meta = {
        name: file.name,
        sha256: sha256Hex(bytes),
        sizeBytes: bytes.length,
        format: 'png',
        bitDepth: 8,
        orientationApplied: 1,
        conversions: [],
        windowLevel: null,
        ...size,
      } as IntakenImage['meta'];
      return { meta, bytes: bytes.buffer, thumb: new ArrayBuffer(1), thumbMime: 'image/webp' };
    },
    lanes: 2,
  };
}

async function read(file: File) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (file.name.startsWith('broken'))
    throw new UserError({ code: 'image-damaged', subject: file.name, reason: 'is damaged.', remedy: 'Copy it again.' });
  const [, width = '40', height = '30'] = /(\d+)x(\d+)/.exec(file.name) ?? [];
  return { bytes, size: { width: Number(width), height: Number(height) } };
}
