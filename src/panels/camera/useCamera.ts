/** A camera for as long as a component shows it; the device is let go of when it does not any more. */
import { useEffect, useState, type RefObject } from 'react';
import { browserCameras, openCamera, type OpenCamera } from '../../runtime/camera.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';

interface Shown {
  readonly camera: OpenCamera | null;
  readonly problem: Problem | null;
}

const OPENING: Shown = { camera: null, problem: null };

/** Another `deviceId` or `attempt` opens anew. */
export function useCamera(video: RefObject<HTMLVideoElement | null>, deviceId: string | null, attempt: number): Shown {
  const [shown, setShown] = useState<Shown>(OPENING);
  useEffect(() => {
    let isOver = false;
    let opened: OpenCamera | null = null;
    const fail = (error: unknown) => {
      if (!isOver) setShown({ camera: null, problem: problemOf(error, 'The camera') });
    };
    const open = async () => {
      const camera = await openCamera(browserCameras(), deviceId, fail);
      opened = camera;
      if (isOver) return camera.stop();
      if (video.current) await showIn(video.current, camera.stream);
      if (!isOver) setShown({ camera, problem: null });
    };
    open().catch(fail);
    return () => {
      isOver = true;
      opened?.stop();
      setShown(OPENING);
    };
  }, [video, deviceId, attempt]);
  return shown;
}

/** Resolves when there is a picture to take. */
function showIn(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  return new Promise((resolve) => {
    video.addEventListener('loadeddata', () => resolve(), { once: true });
    video.srcObject = stream;
  });
}
