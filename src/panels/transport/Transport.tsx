/** First, previous, play, next, last, the scrubber and, while the run is made, Live and Stop. */
import {
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  FileDown,
  Pause,
  Play,
  Radio,
  Square,
  type LucideIcon,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { stopInspection } from '../../state/actions/inspect.ts';
import { exportReplay } from '../../state/actions/replayFile.ts';
import { useLive, usePlaying, useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { BeliefNow } from './BeliefCurve.tsx';
import { Scrubber } from './Scrubber.tsx';
import './transport.css';

/** `canSave`: offers the replay as one file; not in such a file itself. */
export function Transport({ canSave = true }: { readonly canSave?: boolean }) {
  const context = useStudio();
  const { playhead } = context;
  const { t } = useTranslation('transport');
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const playing = usePlaying();
  const live = useLive();
  if (!current) return null;
  const end = turnCount(current.run);
  const running = current.activity !== 'open';
  if (end === 0 && !running) return null;
  const button = (action: string, label: string, Icon: LucideIcon, onClick: () => void, disabled = false) => (
    <IconButton action={action} label={label} icon={<Icon size={18} />} onClick={onClick} disabled={disabled} />
  );
  return (
    <div className="transport" role="group" aria-label={t('replay')}>
      {end > 0 && (
        <>
          <div className="transport-buttons">
            {button('firstStep', t('firstStep'), ChevronFirst, playhead.first, turn === 0)}
            {button('previousStep', t('previousStep'), ChevronLeft, playhead.previous, turn === 0)}
            {button('playPause', playing ? t('pause') : t('play'), playing ? Pause : Play, playhead.playPause)}
            {button('nextStep', t('nextStep'), ChevronRight, playhead.next, turn >= end)}
            {button('lastStep', t('lastStep'), ChevronLast, playhead.last, turn >= end)}
          </div>
          <Scrubber run={current.run} />
        </>
      )}
      <div className="transport-position">
        {end > 0 && <output>{t('position', { turn, end })}</output>}
        <BeliefNow first={current.run.firstBelief} steps={current.run.steps} turn={turn} />
      </div>
      {canSave && current.trace && (
        <IconButton label={t('saveReplay')} icon={<FileDown size={18} />} onClick={() => void exportReplay(context)} />
      )}
      {running && end > 0 && (
        <button
          type="button"
          className="transport-live"
          aria-pressed={live}
          title={live ? t('following') : t('goLive')}
          onClick={playhead.last}
        >
          <Radio size={14} /> {t('live')}
        </button>
      )}
      {running && (
        <button
          type="button"
          className="button button-danger transport-stop"
          onClick={() => stopInspection(context)}
          disabled={current.activity === 'stopping'}
        >
          <Square size={13} fill="currentColor" /> {current.activity === 'stopping' ? t('stopping') : t('stop')}
        </button>
      )}
    </div>
  );
}
