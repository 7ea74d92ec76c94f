/** The computer's cameras: opening one, taking pictures of what it shows, letting go of it. Every failure has a name. */
import { UserError } from '@agentiad/core/support/userError.ts';

export interface CameraDevice {
  readonly id: string;
  /** As the system calls it; may be empty. */
  readonly name: string;
}

export interface OpenCamera {
  readonly stream: MediaStream;
  readonly deviceId: string | null;
  readonly devices: readonly CameraDevice[];
  /** Lets go of the device. */
  stop(): void;
}

/** What of `navigator` is asked; `devices` is missing on insecure origins. */
export interface CameraHost {
  readonly isSecure: boolean;
  readonly devices: Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'> | undefined;
}

export function browserCameras(): CameraHost {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  return { isSecure: window.isSecureContext, devices: mediaDevices };
}

/** As many pixels as the camera has, up to 4K. */
const SIZE = { width: { ideal: 3840 }, height: { ideal: 2160 } };

/**
 * Opens a camera, the one the browser chooses unless `deviceId` is given. `onLost` is called when it is unplugged. Throws
 * a UserError `camera-*`.
 */
export async function openCamera(
  host: CameraHost,
  deviceId: string | null,
  onLost: (problem: UserError) => void,
): Promise<OpenCamera> {
  const { devices } = host;
  if (!devices) throw troubles[host.isSecure ? 'unsupported' : 'insecure']();
  let stream: MediaStream;
  try {
    const video = { ...SIZE, ...(deviceId !== null && { deviceId: { exact: deviceId } }) };
    stream = await devices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw nameTrouble(error);
  }
  const [track] = stream.getVideoTracks();
  track?.addEventListener('ended', () => onLost(troubles.unplugged()));
  const found = await devices.enumerateDevices().catch(() => []);
  return {
    stream,
    deviceId: track?.getSettings().deviceId ?? deviceId,
    devices: found.filter(({ kind }) => kind === 'videoinput').map(({ deviceId: id, label: name }) => ({ id, name })),
    stop: () => stream.getTracks().forEach((one) => one.stop()),
  };
}

/** The picture that `video` shows, whole, as a PNG file called `name`. */
export async function grabPicture(video: HTMLVideoElement, name: string): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw troubles.failed('The picture could not be read from the camera.');
  return new File([blob], name, { type: 'image/png' });
}

function nameTrouble(error: unknown): UserError {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return troubles.denied();
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return troubles.none();
  if (name === 'NotReadableError' || name === 'AbortError') return troubles.busy();
  return troubles.failed(error instanceof Error ? error.message : String(error));
}

const trouble = (code: string, reason: string, remedy: string) =>
  new UserError({ code: `camera-${code}`, subject: 'The camera', reason, remedy });

const troubles = {
  insecure: () =>
    trouble(
      'insecure',
      'This page was opened over plain http from another computer; the browser gives it no camera.',
      'Open it over https, or on this computer as localhost.',
    ),
  unsupported: () =>
    trouble('unsupported', 'This browser gives a page no camera.', 'Use another browser, or add photo files.'),
  denied: () =>
    trouble(
      'denied',
      'The browser or the system does not allow this page to use it.',
      'Allow the camera for this page, at the left of the address, and try again. Pictures stay on this computer.',
    ),
  none: () => trouble('none', 'There is none, or the one that was chosen is gone.', 'Plug one in and try again.'),
  busy: () =>
    trouble('busy', 'Another program is using it, or it does not answer.', 'Close the other program and try again.'),
  unplugged: () =>
    trouble('unplugged', 'It was unplugged or switched off.', 'Plug it in again, or choose another one.'),
  failed: (reason: string) => trouble('failed', reason, 'Try again, or add photo files.'),
};
