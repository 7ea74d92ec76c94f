/** Which samples are black and white: by a rule, or by two values; and inspecting again with what was chosen. */
import * as Slider from '@radix-ui/react-slider';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import { formatNumber } from '../../i18n/words.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { chooseWindow } from '../../state/actions/windowLevel.ts';
import type { Current, DeepImage } from '../../state/studioState.ts';
import { useStudio } from '../../state/useStudio.ts';
import { windowOfRun } from '../../state/windows.ts';
import '../../ui/slider.css';
import { Choice } from '../../ui/Choice.tsx';

/** Ends of the slider: the depths that cameras have, so that the values in use are not lost at its left end. */
const TOPS = [255, 1023, 4095, 16_383, 65_535] as const;

export function WindowLevelChoice({ current, deep }: { readonly current: Current; readonly deep: DeepImage }) {
  const context = useStudio();
  const { t } = useTranslation('stage');
  const { bitDepth, level } = deep;
  const made = windowOfRun(current);
  const isOther = made !== null && (made.low !== level.low || made.high !== level.high);
  const mayChange = current.activity === 'open' && current.hasFile;
  const range = (of: WindowLevel) => ({ low: formatNumber(of.low), high: formatNumber(of.high) });
  return (
    <div className="window-level">
      <h2>{t('window.title')}</h2>
      <p>{t('window.meaning', { bits: bitDepth, ...range(level) })}</p>
      {mayChange && (
        <>
          <Choice
            legend={t('window.rule')}
            value={level.rule}
            options={(['depth', 'percentile', 'full'] as const).map((value) => ({
              value,
              text: t(`window.rules.${value}`),
            }))}
            onChoose={(rule) => rule !== 'chosen' && void chooseWindow(context, { rule })}
          />
          <Ends level={level} maximum={2 ** bitDepth - 1} />
        </>
      )}
      {isOther && <p className="window-other">{t('window.other', range(made))}</p>}
      {isOther && mayChange && (
        <button type="button" className="button button-primary" onClick={() => void inspectAgain(context)}>
          <RotateCw size={15} /> {t('window.again')}
        </button>
      )}
    </div>
  );
}

/** Black and white by two values; taken over when a thumb is let go of. */
function Ends({ level, maximum }: { readonly level: WindowLevel; readonly maximum: number }) {
  const context = useStudio();
  const { t } = useTranslation('stage');
  // Where the thumbs were moved to since `from` was shown.
  const [moved, setMoved] = useState({ from: level, low: level.low, high: level.high });
  const { low, high } = moved.from === level ? moved : level;
  const top = Math.min(TOPS.find((end) => level.high <= end) ?? maximum, maximum);
  const choose = ([from, to]: readonly number[]) => {
    if (from !== undefined && to !== undefined) void chooseWindow(context, { low: from, high: to, rule: 'chosen' });
  };
  return (
    <div className="window-ends">
      <Slider.Root
        className="slider"
        min={0}
        max={top}
        step={1}
        minStepsBetweenThumbs={1}
        value={[low, high]}
        onValueChange={([from = low, to = high]) => setMoved({ from: level, low: from, high: to })}
        onValueCommit={choose}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-label={t('window.low')} />
        <Slider.Thumb className="slider-thumb" aria-label={t('window.high')} />
      </Slider.Root>
      <p>
        <span>{t('window.lowIs', { value: formatNumber(low) })}</span>
        <span>{t('window.highIs', { value: formatNumber(high) })}</span>
      </p>
    </div>
  );
}
