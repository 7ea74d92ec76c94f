/** The empty page: where to drop, what will happen, and ready-made samples with honest notes. */
import { Camera, CircleCheck, CircleHelp, CircleX, ImagePlus, LockKeyhole } from 'lucide-react';
import { useEffect } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { formatBytes } from '../../i18n/words.ts';
import { openCameraFor } from '../../state/actions/camera.ts';
import { trySample } from '../../state/actions/library.ts';
import { readShipped } from '../../state/actions/models.ts';
import { expectedSecondsFor } from '../../state/expectedTime.ts';
import type { Sample } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { durationWords, sampleWords, truthWords } from '../../state/words.ts';
import { CategoryPicker } from '../CategoryPicker.tsx';
import { DeviceNote } from './DeviceNote.tsx';
import './start.css';

/** Where it runs and with how large a model, as soon as that is known. */
function WhatHappens() {
  const context = useStudio();
  const { t } = useTranslation('start');
  const models = useStudioState((state) => state.models);
  useEffect(() => {
    // A page that came without its model says so where it is wanted.
    context.host.whenIdle(() => void readShipped(context).catch(() => {}));
  }, [context]);
  const model = models.chosen === null ? models.shipped : models.stored?.find(({ id }) => id === models.chosen);
  return model ? t('privateWith', { size: formatBytes(model.storedBytes) }) : t('private');
}

const OUTCOME_ICONS = { right: CircleCheck, unsure: CircleHelp, wrong: CircleX } as const;

/** Told before anybody tries it: a sample that goes wrong is no accident. */
function SampleOutcome({ outcome }: { readonly outcome: NonNullable<Sample['outcome']> }) {
  const { t } = useTranslation('start');
  const Icon = OUTCOME_ICONS[outcome];
  return (
    <span className={`sample-outcome sample-${outcome}`}>
      <Icon size={14} /> {t(`outcome.${outcome}`)}
    </span>
  );
}

export function Start({ onChoose }: { readonly onChoose: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('start');
  const samples = useStudioState((state) => state.samples);
  // What the samples say was measured with the shipped model.
  const isShipped = useStudioState((state) => state.models.chosen === null);
  const category = useStudioState((state) => state.category);
  const count = useStudioState((state) => state.exemplars.filter((known) => known.category === state.category).length);
  const seconds = useStudioState((state) => expectedSecondsFor(state, state.category, null));
  return (
    <section className="start" aria-label={t('title')}>
      <DeviceNote />
      <div className="start-drop">
        <ImagePlus size={36} strokeWidth={1.5} />
        <h2>{t('drop')}</h2>
        <p>{t('also')}</p>
        <div className="start-choices">
          <button type="button" className="button button-primary button-large" onClick={onChoose}>
            {t('choose')}
          </button>
          <button type="button" className="button button-large" onClick={() => openCameraFor(context, null)}>
            <Camera size={16} /> {t('camera')}
          </button>
        </div>
        <p className="start-private">
          <LockKeyhole size={14} /> <WhatHappens />
        </p>
      </div>
      <div className="start-library">
        <CategoryPicker />
        <p>
          {count > 0 ? t('comparedWith', { count, category }) : t('addFirst')}
          {seconds !== null && ` ${t('about', { time: durationWords(seconds) })}`}
        </p>
      </div>
      <ol className="start-steps">
        <li>
          <Trans i18nKey="start:step.agent" components={{ b: <strong /> }} />
        </li>
        <li>
          <Trans i18nKey="start:step.watch" components={{ b: <strong /> }} />
        </li>
        <li>
          <Trans i18nKey="start:step.verdict" components={{ b: <strong /> }} />
        </li>
      </ol>
      {samples.length > 0 && (
        <div className="start-samples">
          <h2>{t('samples')}</h2>
          <ul>
            {samples.map((sample) => {
              const { title, note } = sampleWords(sample);
              return (
                <li key={sample.id}>
                  <button type="button" className="sample" title={note} onClick={() => void trySample(context, sample)}>
                    <img src={`samples/${sample.part}`} alt="" loading="lazy" />
                    <span className="sample-title">{title}</span>
                    {isShipped && sample.outcome && <SampleOutcome outcome={sample.outcome} />}
                    <span className="sample-note">
                      {truthWords(sample)} {note}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </div>
      )}
    </section>
  );
}
