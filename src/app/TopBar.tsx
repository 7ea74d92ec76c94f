/** The top bar: what everybody should know (model, privacy, where it runs) and the page's few commands. */
import { Bot, Cpu, History, Keyboard, Plus, ShieldCheck } from 'lucide-react';
import type { EngineStatus } from '../state/studioState.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import { IconButton } from '../ui/IconButton.tsx';
import './topBar.css';

export function TopBar({ onNew, onHelp }: { readonly onNew: () => void; readonly onHelp: () => void }) {
  const context = useStudio();
  const engine = useStudioState((state) => state.engine);
  const hasCurrent = useStudioState((state) => state.current !== null);
  return (
    <header className="top-bar">
      <h1 className="brand">
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3" />
          <circle cx="12" cy="12" r="3.4" />
        </svg>
        AgentIAD Studio
      </h1>
      <div className="top-space" />
      <ModelChip engine={engine} />
      <p className="chip chip-private" title="Images, results and the model stay in this browser. Nothing is uploaded.">
        <ShieldCheck size={15} /> <span>Nothing leaves this device</span>
      </p>
      <BackendChip engine={engine} />
      <div className="top-buttons">
        {hasCurrent && (
          <button type="button" className="button top-new" aria-label="New inspection" onClick={onNew}>
            <Plus size={16} /> <span>New inspection</span>
          </button>
        )}
        <IconButton
          label="History"
          icon={<History size={18} />}
          onClick={() => context.store.setState({ drawer: 'history' })}
        />
        <IconButton label="Keyboard shortcuts (?)" icon={<Keyboard size={18} />} onClick={onHelp} />
      </div>
    </header>
  );
}

function ModelChip({ engine }: { readonly engine: EngineStatus }) {
  if (engine.state === 'failed')
    return (
      <p
        className="chip chip-bad"
        title={`${engine.problem.subject}: ${engine.problem.reason} ${engine.problem.remedy}`}
      >
        <Bot size={15} /> <span>Model not loaded</span>
      </p>
    );
  if (engine.state === 'loading')
    return (
      <p className="chip chip-model" role="status">
        <Bot size={15} /> <span>{engine.phase.label}</span>
      </p>
    );
  const { card } = engine.info;
  const text = `demo model: trained on ${card.trainedOn}`;
  return (
    <p
      className="chip chip-model"
      title={`${card.name}. ${text}. Licence: ${card.licence}.${card.tuned ? '' : ' Untuned.'}`}
    >
      <Bot size={15} /> <span>{card.tuned ? text : `untuned ${text}`}</span>
    </p>
  );
}

function BackendChip({ engine }: { readonly engine: EngineStatus }) {
  if (engine.state !== 'ready') return null;
  const { name, adapter, reason } = engine.info.backend;
  const shown = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'JavaScript' }[name];
  const detail = reason ?? adapter;
  const [brief] = detail.split(': ');
  return (
    <p className="chip chip-backend" title={`${shown} (${detail})`}>
      <Cpu size={15} />{' '}
      <span>
        {shown} <small>({brief})</small>
      </span>
    </p>
  );
}
