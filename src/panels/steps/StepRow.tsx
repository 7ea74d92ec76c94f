/** One row of the list: closed it is icon, title, thumbnail and time; open it says everything about the turn. */
import { LoaderCircle, User } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TraceAsset, TraceImage, TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { LibraryMatchSummary } from '@agentiad/core/protocol/verdict.ts';
import { imageOf, stepKind } from '@agentiad/core/replay/runSoFar.ts';
import { toolName } from '../../i18n/toolWords.ts';
import { formatDuration, formatScore } from '../../i18n/words.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { libraryMatchWords, stepTitle, stepWord } from '../../state/words.ts';
import { STEP_ICONS } from './stepIcons.tsx';

/** What the model saw of an image, if the trace has its pixels. */
function useSeen(image: TraceImage | null): TraceAsset | null {
  return useStudioState((state) => (image && state.current?.run.assets[image.asset]) ?? null);
}

export function LookRow({ part, isOpen }: { readonly part: TraceImage; readonly isOpen: boolean }) {
  const { playhead } = useStudio();
  const asset = useSeen(part);
  const Icon = STEP_ICONS.look;
  return (
    <>
      <button type="button" className="step-head" onClick={() => playhead.goTo(0)}>
        <span className="step-icon">
          <Icon size={16} />
        </span>
        <span className="step-title">{stepWord('look')}</span>
        {asset && !isOpen && <Thumb asset={asset} />}
        <span className="step-time" />
      </button>
      {isOpen && asset && <Seen asset={asset} image={part} />}
    </>
  );
}

export function StepRow(props: { readonly step: TraceStep; readonly turn: number; readonly isOpen: boolean }) {
  const { step, turn, isOpen } = props;
  const { playhead } = useStudio();
  const { t } = useTranslation('steps');
  const seen = useStudioState((state) => (state.current ? imageOf(state.current.run, step.observation?.image) : null));
  const asset = useSeen(seen);
  const Icon = STEP_ICONS[stepKind(step)];
  const clamped = step.observation?.boxes.some((place) => place.clamped) ?? false;
  return (
    <>
      <button type="button" className="step-head" onClick={() => playhead.goTo(turn)}>
        <span className="step-icon">
          <Icon size={16} />
        </span>
        <span className="step-title">
          {stepTitle(step)}{' '}
          {step.author === 'human' && (
            <span className="step-tag step-tag-human">
              <User size={12} /> {t('byYou')}
            </span>
          )}
          {step.author === 'library-match' && <span className="step-tag">{t('byMatch')}</span>}
          {clamped && <span className="step-tag step-tag-clamped">{t('clampedTag')}</span>}
        </span>
        {asset && !isOpen && <Thumb asset={asset} />}
        <span className="step-time">{formatDuration(step.ms.prefill + step.ms.decode + step.ms.tool)}</span>
      </button>
      {isOpen && <StepBody step={step} seen={seen} asset={asset} clamped={clamped} />}
    </>
  );
}

function StepBody(props: {
  readonly step: TraceStep;
  readonly seen: TraceImage | null;
  readonly asset: TraceAsset | null;
  readonly clamped: boolean;
}) {
  const { step, seen, asset, clamped } = props;
  const { t } = useTranslation('steps');
  const { prefill, decode, tool } = step.ms;
  const match = step.observation?.match;
  const cost = [
    ...(step.author === 'agent'
      ? [
          t('tokens', { written: step.tokens.generated, read: step.tokens.prefilled }),
          t('modelTime', { time: formatDuration(prefill + decode) }),
        ]
      : [t('nothingWritten')]),
    ...(tool > 0 ? [t('toolTime', { time: formatDuration(tool) })] : []),
  ].join(' · ');
  return (
    <div className="step-body">
      {step.thought && <p className="step-thought">{step.thought}</p>}
      {asset && seen && <Seen asset={asset} image={seen} />}
      {clamped && <p className="step-flag">{t('clamped')}</p>}
      {step.observation && (
        <p className="step-observation">{match ? matchWords(match) : step.observation.text.trim()}</p>
      )}
      <details className="step-raw">
        <summary>{t('raw')}</summary>
        <p className="step-cost">{cost}</p>
        {step.call && <code className="step-call">{callText(step.call)}</code>}
        {match && <pre>{step.observation?.text.trim()}</pre>}
        {step.author === 'agent' && <pre>{step.rawText}</pre>}
      </details>
    </div>
  );
}

export function RunningRow({ tool, text }: { readonly tool: string | null; readonly text: string }) {
  const { t } = useTranslation('steps');
  return (
    <>
      <div className="step-head">
        <span className="step-icon">
          <LoaderCircle size={16} className="spin" />
        </span>
        <span className="step-title">{tool ? t('using', { tool: toolName(tool) }) : t('thinking')}</span>
      </div>
      <p className="step-body step-stream">{text || '…'}</p>
    </>
  );
}

/** How far the part differs, as the verdict says it. */
function matchWords(match: LibraryMatchSummary): string {
  return `${formatScore(match.score)}× · ${libraryMatchWords(match)}`;
}

function callText(call: NonNullable<TraceStep['call']>): string {
  const args = Object.entries(call.arguments).map(
    ([name, value]) => `${name}: ${JSON.stringify(value).replaceAll(',', ', ')}`,
  );
  return `${call.name}(${args.join(', ')})`;
}

function Thumb({ asset }: { readonly asset: TraceAsset }) {
  return <img className="step-thumb" src={sourceOf(asset)} alt="" loading="lazy" decoding="async" />;
}

function Seen({ asset, image }: { readonly asset: TraceAsset; readonly image: TraceImage }) {
  const { t } = useTranslation('steps');
  const { width, height } = asset;
  return (
    <figure className="step-seen">
      <img src={sourceOf(asset)} alt="" width={width} height={height} />
      <figcaption>{t('saw', { width, height, tokens: image.tokens })}</figcaption>
    </figure>
  );
}

function sourceOf({ mime, base64 }: TraceAsset): string {
  return `data:${mime};base64,${base64}`;
}
