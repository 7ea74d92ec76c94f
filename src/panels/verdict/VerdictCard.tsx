/** The verdict: words first, then the two numbers and what they mean, then the grounds, then the files to keep. */
import { CircleCheck, CircleHelp, CircleSlash, CircleX, Download, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { exportTrace, exportVerdict } from '../../state/actions/traces.ts';
import type { Current, EngineStatus } from '../../state/studioState.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { formatDuration } from '../../i18n/words.ts';
import { labelWord, modelUse, phaseWords } from '../../state/words.ts';
import { LibraryMatchNumber, ScoreNumber } from './Numbers.tsx';
import './verdict.css';

type Tone = 'normal' | 'review' | 'anomalous' | 'failed' | 'neutral';

const ICONS: Readonly<Record<Tone, ReactNode>> = {
  normal: <CircleCheck size={18} />,
  review: <CircleHelp size={18} />,
  anomalous: <CircleX size={18} />,
  failed: <TriangleAlert size={18} />,
  neutral: <CircleSlash size={18} />,
};

export function VerdictCard() {
  const current = useStudioState((state) => state.current);
  const engine = useStudioState((state) => state.engine);
  if (!current) return null;
  const { verdict } = current.run;
  if (verdict) return <Finished current={current} verdict={verdict} />;
  if (current.problem) return <Broken current={current} />;
  if (current.cutOff)
    return (
      <Card tone="neutral" title="Interrupted">
        <p>The page was closed before this inspection ended. The steps until then were kept.</p>
        <AgainButton />
      </Card>
    );
  return <Working current={current} engine={engine} />;
}

function Card(props: {
  readonly tone: Tone;
  readonly title: string;
  readonly children: ReactNode;
  readonly icon?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <section className={`verdict verdict-${props.tone}`} aria-label="Verdict">
      <header>
        <p className="verdict-chip">
          {props.icon ?? ICONS[props.tone]} <span>{props.title}</span>
        </p>
        {props.actions}
      </header>
      {props.children}
    </section>
  );
}

function Working({ current, engine }: { readonly current: Current; readonly engine: EngineStatus }) {
  const spin = <LoaderCircle size={18} className="spin" />;
  if (engine.state === 'failed')
    return (
      <Card tone="failed" title="The model could not be loaded">
        <p className="verdict-lead">
          {engine.problem.subject}: {engine.problem.reason}
        </p>
        <p>{engine.problem.remedy}</p>
      </Card>
    );
  if (engine.state === 'loading')
    return (
      <Card tone="neutral" title="Getting ready" icon={spin}>
        <p>{phaseWords(engine.phase)}. The image is inspected as soon as the model is here.</p>
      </Card>
    );
  const title = current.activity === 'stopping' ? 'Stopping' : 'Inspecting';
  return (
    <Card tone="neutral" title={title} icon={spin}>
      <p>Looking for what is not as it should be. You can watch, zoom, or stop at any time.</p>
    </Card>
  );
}

function Broken({ current }: { readonly current: Current }) {
  const { problem } = current;
  return (
    <Card tone="failed" title="The inspection failed">
      <p className="verdict-lead">{problem?.reason}</p>
      <p>{problem?.remedy}</p>
      <AgainButton />
    </Card>
  );
}

function AgainButton() {
  const context = useStudio();
  const hasFile = useStudioState((state) => state.current?.hasFile ?? false);
  if (!hasFile) return null;
  return (
    <button type="button" className="button" onClick={() => void inspectAgain(context)}>
      Inspect again
    </button>
  );
}

function toneOf(verdict: Verdict): { tone: Tone; title: string } {
  if (verdict.status === 'failed') return { tone: 'failed', title: 'Inspection failed' };
  if (verdict.status === 'interrupted') return { tone: 'neutral', title: 'Stopped' };
  return { tone: verdict.verdict.label, title: labelWord(verdict.verdict.label) };
}

function Finished({ current, verdict }: { readonly current: Current; readonly verdict: Verdict }) {
  const context = useStudio();
  const turn = useTurn();
  const { tone, title } = toneOf(verdict);
  const isReached = turn >= current.run.steps.length;
  const [lead, says] = splitReason(verdict.verdict.reason);
  return (
    <Card
      tone={tone}
      title={current.origin === 'imported' ? `${title} · imported` : title}
      actions={
        <div className="verdict-actions">
          <button type="button" className="button" onClick={() => exportVerdict(context)} disabled={!current.trace}>
            <Download size={14} /> Save verdict
          </button>
          <button type="button" className="button" onClick={() => exportTrace(context)} disabled={!current.trace}>
            Save trace
          </button>
        </div>
      }
    >
      <div className={isReached ? 'verdict-body' : 'verdict-body verdict-ahead'}>
        <h2 className="verdict-lead" tabIndex={-1}>
          {lead}
        </h2>
        {says && <p className="verdict-says">{says}</p>}
        {(verdict.verdict.score !== null || verdict.libraryMatch) && (
          <div className="verdict-numbers">
            {verdict.verdict.score !== null && <ScoreNumber verdict={verdict} score={verdict.verdict.score} />}
            <LibraryMatchNumber match={verdict.libraryMatch} />
          </div>
        )}
        {[...verdict.warnings, ...verdict.image.conversions].map((text) => (
          <p key={text} className="verdict-warning">
            <TriangleAlert size={14} /> {text}
          </p>
        ))}
        <dl className="verdict-facts">
          <Fact name="Model" value={`${verdict.model.id}, trained on ${verdict.model.trainedOn}`} />
          <Fact name="Good for" value={modelUse(verdict.model.id)} />
          <Fact
            name="Seen sharp"
            value={`${Math.round(verdict.coverage.share * 100)} % of the part, in full resolution`}
          />
          <Fact
            name="Took"
            value={`${formatDuration(verdict.timings.totalMs)} ${current.origin === 'live' ? 'on this computer ' : ''}(${verdict.model.backend})`}
          />
          <Fact
            name="Own parts"
            value={
              <>
                <button type="button" className="link" onClick={() => context.store.setState({ drawer: 'library' })}>
                  Add 3 to 10 good ones
                </button>
                , then drop a photo anywhere here.
              </>
            }
          />
        </dl>
      </div>
    </Card>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The reason's first sentence and the rest, word for word. */
function splitReason(reason: string): [lead: string, rest: string] {
  const end = reason.indexOf('. ');
  return end < 0 ? [reason, ''] : [reason.slice(0, end + 1), reason.slice(end + 2)];
}
