/** Takes pictures with a camera: Enter or the button captures; closing lets go of the device. */
import * as Dialog from '@radix-ui/react-dialog';
import { Camera, X } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import { grabPicture } from '../../runtime/camera.ts';
import { problemOf, type Problem } from '../../runtime/messages.ts';
import { closeCamera, pictureName, takePicture } from '../../state/actions/camera.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { useCamera } from './useCamera.ts';
import './camera.css';

export function CameraDialog({ goodPartsOf }: { readonly goodPartsOf: string | null }) {
  const context = useStudio();
  const { t } = useTranslation('camera');
  const video = useRef<HTMLVideoElement>(null);
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const { camera, problem } = useCamera(video, deviceId, attempt);
  const [taken, setTaken] = useState(0);
  const [failed, setFailed] = useState<Problem | null>(null);
  const reading = useStudioState((state) => state.reading);
  const hasTaken = taken > 0 && reading === 0;

  const capture = async () => {
    if (!video.current || camera === null) return;
    try {
      setFailed(null);
      const picture = await grabPicture(video.current, pictureName(context));
      if (await takePicture(context, picture)) setTaken((count) => count + 1);
    } catch (error) {
      setFailed(problemOf(error, 'The camera'));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnControl = event.target instanceof Element && event.target.closest('button, select') !== null;
    if (event.key !== 'Enter' || event.repeat || isOnControl) return;
    event.preventDefault();
    void capture();
  };
  const shown = problem ?? failed;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && closeCamera(context)}>
      <Dialog.Portal>
        <Dialog.Overlay className="camera-overlay" />
        <Dialog.Content
          className="camera"
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onOpenAutoFocus={(event) => {
            // Not the button that closes: Enter captures.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
        >
          <header className="camera-head">
            <Dialog.Title>{goodPartsOf === null ? t('part') : t('good', { category: goodPartsOf })}</Dialog.Title>
            {camera && camera.devices.length > 1 && (
              <select
                aria-label={t('device')}
                value={camera.deviceId ?? ''}
                onChange={(event) => setDeviceId(event.currentTarget.value)}
              >
                {camera.devices.map(({ id, name }, index) => (
                  <option key={id} value={id}>
                    {name || t('unnamed', { number: index + 1 })}
                  </option>
                ))}
              </select>
            )}
            <Dialog.Close className="icon-button" aria-label={t('close')}>
              <X size={18} />
            </Dialog.Close>
          </header>
          <div className="camera-view">
            {/* Without sound: there is nothing to caption. */}
            <video ref={video} autoPlay playsInline muted hidden={problem !== null} aria-label={t('view')} />
            {shown && <Trouble problem={shown} onRetry={() => setAttempt((count) => count + 1)} />}
            {!camera && !shown && <p className="camera-opening">{t('opening')}</p>}
          </div>
          <footer className="camera-foot">
            <p role="status">
              {goodPartsOf === null ? t('partNote') : hasTaken ? t('taken', { count: taken }) : t('goodNote')}
            </p>
            <button
              type="button"
              className="button button-primary button-large"
              disabled={camera === null}
              onClick={() => void capture()}
            >
              <Camera size={17} /> {t('capture')} <kbd className="needs-keyboard">{t('keyboard:key.Enter')}</kbd>
            </button>
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Trouble({ problem, onRetry }: { readonly problem: Problem; readonly onRetry: () => void }) {
  const { t } = useTranslation('camera');
  const { subject, reason, remedy } = problemInWords(problem);
  return (
    <div className="camera-trouble" role="alert">
      <h3>{subject}</h3>
      <p>{reason}</p>
      <p>{remedy}</p>
      <button type="button" className="button" onClick={onRetry}>
        {t('retry')}
      </button>
    </div>
  );
}
