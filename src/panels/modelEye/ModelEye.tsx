/** What the model received and wrote in the turn on the stage: exact pixels, text, calls, tokens and times. */
import { Maximize2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceImage } from '@agentiad/core/protocol/trace.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { useStudioState, useTurn } from '../../state/useStudio.ts';
import { stepTitle, stepWord } from '../../state/words.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { EyePicture } from './EyePicture.tsx';
import { receivedBy, saidIn } from './frame.ts';
import { FrameFacts } from './FrameFacts.tsx';
import { Costs } from './Costs.tsx';
import { TextBlock } from './TextBlock.tsx';
import './modelEye.css';

export function ModelEye() {
  const { t } = useTranslation('modelEye');
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  if (!current) return null;
  const { run, trace } = current;
  if (run.images.length === 0) return <p className="eye-empty">{t('empty')}</p>;
  const step = run.steps[turn - 1] ?? null;
  return (
    <section className="eye" aria-label={t('title')}>
      <header className="panel-head">
        <h2>{step ? stepTitle(step) : stepWord('look')}</h2>
        <span>{t('turn', { turn, count: run.steps.length })}</span>
      </header>
      {/* Another turn begins with the picture it brought. */}
      <Pictures key={`${current.runId} ${turn}`} run={run} turn={turn} />
      {step ? (
        <>
          <Costs run={run} step={step} turn={turn} />
          {step.author === 'agent' && <TextBlock title={t('said')} text={step.rawText} />}
          {step.call && <TextBlock title={t('called')} text={JSON.stringify(step.call, null, 2)} />}
          {step.observation && <TextBlock title={t('observed')} text={step.observation.text} />}
        </>
      ) : (
        trace && (
          <>
            <TextBlock title={t('system')} text={trace.prompt.system} />
            <TextBlock title={t('task')} text={trace.prompt.user} />
          </>
        )
      )}
    </section>
  );
}

function Pictures({ run, turn }: { readonly run: RunSoFar; readonly turn: number }) {
  const { t } = useTranslation('modelEye');
  const brought = turn === 0 ? 1 : (run.steps[turn - 1]?.observation?.image ?? null);
  const received = receivedBy(run, turn);
  const [chosen, setChosen] = useState(brought ?? received.at(-1)?.index ?? 1);
  const [isLarge, setLarge] = useState(false);
  const image = received.find(({ index }) => index === chosen);
  const asset = image && run.assets[image.asset];
  if (!image) return null;
  const picture = asset && <EyePicture key={image.index} image={image} asset={asset} said={saidIn(run, image)} />;
  return (
    <div className="eye-pictures">
      {brought === null && <p className="eye-note">{t('noPicture')}</p>}
      <div className="eye-strip" role="group" aria-label={t('pictures')}>
        {received.map((known) => (
          <Thumb
            key={known.index}
            image={known}
            run={run}
            isChosen={known.index === image.index}
            isNew={known.index === brought}
            onChoose={() => setChosen(known.index)}
          />
        ))}
        {picture && (
          <button type="button" className="icon-button" aria-label={t('enlarge')} onClick={() => setLarge(true)}>
            <Maximize2 size={16} />
          </button>
        )}
      </div>
      {picture ?? <p className="eye-note">{t('missing')}</p>}
      {asset && <FrameFacts run={run} image={image} asset={asset} />}
      {isLarge && (
        <Drawer
          title={t('pictureTitle', { index: image.index, role: t(`role.${image.role}`) })}
          description={t('title')}
          onClose={() => setLarge(false)}
        >
          <div className="eye eye-large">
            {picture}
            {asset && <FrameFacts run={run} image={image} asset={asset} />}
          </div>
        </Drawer>
      )}
    </div>
  );
}

function Thumb(props: {
  readonly image: TraceImage;
  readonly run: RunSoFar;
  readonly isChosen: boolean;
  readonly isNew: boolean;
  readonly onChoose: () => void;
}) {
  const { t } = useTranslation('modelEye');
  const { image, run } = props;
  const asset = run.assets[image.asset];
  const name = t('pictureTitle', { index: image.index, role: t(`role.${image.role}`) });
  return (
    <button
      type="button"
      className="eye-thumb"
      aria-pressed={props.isChosen}
      aria-label={props.isNew ? t('newPicture', { name }) : name}
      title={name}
      onClick={props.onChoose}
    >
      {asset && <img src={`data:${asset.mime};base64,${asset.base64}`} alt="" />}
      <span className={props.isNew ? 'eye-index eye-index-new' : 'eye-index'}>{image.index}</span>
    </button>
  );
}
