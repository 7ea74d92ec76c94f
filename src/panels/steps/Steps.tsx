/** The trajectory in words: every turn with its reasoning, the exact pixels the model saw, call, observation and cost. */
import { CircleAlert, CircleSlash, Eye, GitCompareArrows, Gavel, LoaderCircle, ScanSearch, ZoomIn } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { TraceAsset, TraceStep } from '@agentiad/core/protocol/trace.ts';
import { imageOf, stepKind, type RunSoFar, type StepKind } from '@agentiad/core/replay/runSoFar.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { seconds, STEP_WORDS, stepTitle } from '../../state/words.ts';
import { Claims } from '../verdict/Claims.tsx';
import './steps.css';

const ICONS: Readonly<Record<StepKind, ReactNode>> = {
  look: <Eye size={16} />,
  difference: <ScanSearch size={16} />,
  zoom: <ZoomIn size={16} />,
  compare: <GitCompareArrows size={16} />,
  answer: <Gavel size={16} />,
  unreadable: <CircleAlert size={16} />,
  unfinished: <CircleSlash size={16} />,
};

export function Steps() {
  const current = useStudioState((state) => state.current);
  const { playhead } = useStudio();
  const turn = useTurn();
  if (!current) return null;
  const { run } = current;
  const part = imageOf(run, 1);
  return (
    <section className="steps" aria-label="What the agent did">
      <header className="panel-head">
        <h2>What the agent did</h2>
        <span>{run.steps.length > 0 ? `${run.steps.length} ${run.steps.length === 1 ? 'step' : 'steps'}` : ''}</span>
      </header>
      <ol>
        {part && (
          <StepItem icon={ICONS.look} title={STEP_WORDS.look} isShown={turn === 0} onSelect={() => playhead.goTo(0)}>
            <Seen
              asset={run.assets[part.asset]}
              caption={`What the model saw: ${sizeOf(run.assets[part.asset])}, ${part.tokens} tokens`}
            />
          </StepItem>
        )}
        {run.steps.map((step, index) => (
          <StepItem
            key={step.id}
            icon={ICONS[stepKind(step)]}
            title={stepTitle(step)}
            isError={step.observation?.isError ?? false}
            isShown={turn === index + 1}
            onSelect={() => playhead.goTo(index + 1)}
          >
            <StepBody step={step} run={run} isShown={turn === index + 1} />
            {run.verdict && stepKind(step) === 'answer' && (
              <Claims claims={run.verdict.claims} steps={run.steps} regions={run.verdict.regions} />
            )}
          </StepItem>
        ))}
        {run.running && (
          <li className="step step-running" aria-busy="true">
            <span className="step-icon">
              <LoaderCircle size={16} className="spin" />
            </span>
            <div className="step-main">
              <p className="step-title">{run.running.tool ? `Using ${run.running.tool}` : 'Thinking'}</p>
              <p className="step-stream">{run.running.text || '…'}</p>
            </div>
          </li>
        )}
      </ol>
    </section>
  );
}

function StepItem(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly isError?: boolean;
  readonly isShown: boolean;
  readonly onSelect: () => void;
  readonly children: ReactNode;
}) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (props.isShown) item.current?.scrollIntoView({ block: 'nearest' });
  }, [props.isShown]);
  const classes = ['step', props.isShown ? 'step-shown' : '', props.isError ? 'step-error' : ''].join(' ');
  return (
    <li ref={item} className={classes} aria-current={props.isShown ? 'step' : undefined}>
      <span className="step-icon">{props.icon}</span>
      <div className="step-main">
        <button type="button" className="step-title" onClick={props.onSelect}>
          {props.title}
        </button>
        {props.children}
      </div>
    </li>
  );
}

function StepBody({
  step,
  run,
  isShown,
}: {
  readonly step: TraceStep;
  readonly run: RunSoFar;
  readonly isShown: boolean;
}) {
  const seen = imageOf(run, step.observation?.image);
  const asset = seen ? run.assets[seen.asset] : undefined;
  const clamped = step.observation?.boxes.some((place) => place.clamped) ?? false;
  const cost = `${step.tokens.generated} tokens written, ${step.tokens.prefilled} read · ${seconds(step.ms.prefill + step.ms.decode)} model${step.ms.tool > 0 ? ` · ${seconds(step.ms.tool)} tool` : ''}`;
  return (
    <>
      {step.thought && <p className="step-thought">{step.thought}</p>}
      {asset && seen && <Seen asset={asset} caption={`What the model saw: ${sizeOf(asset)}, ${seen.tokens} tokens`} />}
      {clamped && <p className="step-flag">The place reached beyond the image and was clamped to it.</p>}
      {step.call && <code className="step-call">{callText(step.call)}</code>}
      {step.observation && <p className="step-observation">{step.observation.text.trim()}</p>}
      {isShown && (
        <details className="step-raw">
          <summary>Raw text and cost</summary>
          <p className="step-cost">{cost}</p>
          <pre>{step.rawText}</pre>
        </details>
      )}
    </>
  );
}

function callText(call: NonNullable<TraceStep['call']>): string {
  const args = Object.entries(call.arguments).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).replaceAll(',', ', ')}`,
  );
  return `${call.name}(${args.join(', ')})`;
}

function sizeOf(asset: TraceAsset | undefined): string {
  return asset ? `${asset.width} × ${asset.height} px` : '';
}

function Seen({ asset, caption }: { readonly asset: TraceAsset | undefined; readonly caption: string }) {
  if (!asset) return null;
  return (
    <figure className="step-seen">
      <img src={`data:${asset.mime};base64,${asset.base64}`} alt="" width={asset.width} height={asset.height} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
}
