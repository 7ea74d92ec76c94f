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
    openCamera(browserCameras(), deviceId, fail).then((camera) => {
      opened = camera;
      if (isOver) return camera.stop();
      if (video.current) video.current.srcObject = camera.stream;
      setShown({ camera, problem: null });
    }, fail);
    return () => {
      isOver = true;
      opened?.stop();
      setShown(OPENING);
    };
  }, [video, deviceId, attempt]);
  return shown;
}
