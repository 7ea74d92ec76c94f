/** The top bar: what everybody should know (model, privacy, where it runs) and the page's few commands. */
import { Bot, Cpu, History, Keyboard, Plus, ShieldCheck } from 'lucide-react';
import { openModels } from '../state/actions/models.ts';
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

/** Tells which model inspects and opens the list of models. */
function ModelChip({ engine }: { readonly engine: EngineStatus }) {
  const context = useStudio();
  const { text, title } = modelWords(engine);
  const look = engine.state === 'failed' ? 'chip chip-model chip-bad' : 'chip chip-model';
  return (
    <button type="button" className={look} title={`${title} Open the models.`} onClick={() => openModels(context)}>
      <Bot size={15} />{' '}
      <span role={engine.state === 'loading' ? 'status' : undefined}>
        <span className="visually-hidden">Models: </span>
        {text}
      </span>
    </button>
  );
}

function modelWords(engine: EngineStatus): { readonly text: string; readonly title: string } {
  if (engine.state === 'failed') {
    const { subject, reason, remedy } = engine.problem;
    return { text: 'Model not loaded', title: `${subject}: ${reason} ${remedy}` };
  }
  if (engine.state === 'loading') return { text: engine.phase.label, title: 'The model is being loaded.' };
  const { card, modelId } = engine.info;
  const title = `${card.name}, trained on ${card.trainedOn}. Licence: ${card.licence}.`;
  const name = modelId === null ? 'demo model' : card.name;
  return { text: `${name}: ${card.tuned ? `trained on ${card.trainedOn}` : 'base, not inspection-tuned'}`, title };
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
