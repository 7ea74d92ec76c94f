/** The line over the stage: which part, as what it is inspected, how the agent works, and inspecting again. */
import { RotateCw, Sparkles } from 'lucide-react';
import { MODE_NAMES, type Mode } from '@agentiad/core/protocol/modes.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { exemplarsOf, modeFor } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { MODE_WORDS } from '../../state/words.ts';
import './partBar.css';

export function PartBar() {
  const context = useStudio();
  const current = useStudioState((state) => state.current);
  const category = useStudioState((state) => state.category);
  const mode = useStudioState((state) => modeFor(state, state.category));
  const count = useStudioState((state) => exemplarsOf(state, state.category).length);
  if (!current) return null;
  const isOpen = current.activity === 'open';
  const isUncompared = count === 0 && current.origin === 'live' && !current.run.verdict?.libraryMatch;
  return (
    <div className="part-bar">
      <p className="part-name" title={current.name}>
        <strong>{current.name}</strong>
        <span>
          {current.size.width} × {current.size.height}
        </span>
        <span>{current.category ?? 'Unsorted'}</span>
        {current.origin === 'imported' && <span>imported trace</span>}
      </p>
      {isUncompared && (
        <button
          type="button"
          className="chip chip-action"
          onClick={() => context.store.setState({ drawer: 'library' })}
        >
          <Sparkles size={14} /> Comparison is off. Add 3 to 10 good parts
        </button>
      )}
      <label className="part-mode">
        <span>How</span>
        <select
          value={mode}
          title={MODE_WORDS[mode].meaning}
          onChange={(event) => context.store.setState({ mode: event.currentTarget.value as Mode })}
        >
          {MODE_NAMES.map((name) => (
            <option key={name} value={name} disabled={isUncompared && (name === 'full' || name === 'pz+cr')}>
              {MODE_WORDS[name].name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="button"
        disabled={!isOpen || !current.hasFile}
        onClick={() => void inspectAgain(context)}
      >
        <RotateCw size={15} />
        {current.category === category || category === null ? 'Inspect again' : `Inspect as ${category}`}
      </button>
    </div>
  );
}
