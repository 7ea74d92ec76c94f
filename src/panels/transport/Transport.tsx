/** First, previous, play, next, last and the scrubber: the replay's controls. */
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight, Pause, Play, Square } from 'lucide-react';
import { stopInspection } from '../../state/actions/inspect.ts';
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { usePlaying, useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import './transport.css';

export function Transport() {
  const context = useStudio();
  const { playhead } = context;
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const playing = usePlaying();
  if (!current) return null;
  const end = turnCount(current.run);
  const running = current.activity !== 'open';
  return (
    <div className="transport" role="group" aria-label="Replay">
      <div className="transport-buttons">
        <IconButton
          label="First step (Home)"
          icon={<ChevronFirst size={18} />}
          onClick={playhead.first}
          disabled={turn === 0}
        />
        <IconButton
          label="Previous step (←)"
          icon={<ChevronLeft size={18} />}
          onClick={playhead.previous}
          disabled={turn === 0}
        />
        <IconButton
          label={playing ? 'Pause (Space)' : 'Play (Space)'}
          icon={playing ? <Pause size={18} /> : <Play size={18} />}
          onClick={playhead.playPause}
          disabled={end === 0}
        />
        <IconButton
          label="Next step (→)"
          icon={<ChevronRight size={18} />}
          onClick={playhead.next}
          disabled={turn >= end}
        />
        <IconButton
          label="Last step (End)"
          icon={<ChevronLast size={18} />}
          onClick={playhead.last}
          disabled={turn >= end}
        />
      </div>
      <input
        className="transport-scrubber"
        type="range"
        min={0}
        max={Math.max(1, end)}
        step={1}
        value={turn}
        disabled={end === 0}
        aria-label="Step"
        aria-valuetext={`step ${turn} of ${end}`}
        onChange={(event) => playhead.goTo(Number(event.currentTarget.value))}
      />
      <output className="transport-position">
        step {turn} / {end}
        {running ? ' …' : ''}
      </output>
      {running && (
        <button
          type="button"
          className="button button-danger"
          onClick={() => stopInspection(context)}
          disabled={current.activity === 'stopping'}
        >
          <Square size={13} fill="currentColor" /> {current.activity === 'stopping' ? 'Stopping' : 'Stop'}
        </button>
      )}
    </div>
  );
}
