/** Pictures from a camera: several good parts in a row, or one part that is inspected. */
import type { StudioContext } from '../context.ts';
import { addFiles } from './intake.ts';
import { addExemplars } from './library.ts';

/** What pictures are taken for: good parts of a kind, or null for a part to inspect. */
export function openCameraFor({ store }: StudioContext, goodPartsOf: string | null): void {
  store.setState({ camera: { goodPartsOf } });
}

export function closeCamera({ store }: StudioContext): void {
  store.setState({ camera: null });
}

/** Takes a picture in. A part to inspect ends the taking of pictures; returns whether a good part was added. */
export async function takePicture(context: StudioContext, picture: File): Promise<boolean> {
  const { camera } = context.store.getState();
  if (!camera) return false;
  if (camera.goodPartsOf !== null) return (await addExemplars(context, camera.goodPartsOf, [picture])) > 0;
  closeCamera(context);
  context.store.setState({ drawer: null });
  await addFiles(context, [picture]);
  return false;
}

/** By the time, so that pictures sort in the order they were taken in. */
export function pictureName({ host }: StudioContext): string {
  return `camera-${host.now().toISOString().slice(0, 23).replace(/[:.]/g, '-').replace('T', '_')}.png`;
}
