/**
 * The evidence map's legend and controls: a fixed scale with numbers, when it is shown, how strongly, and in words
 * whether there is any signal. Its number stands beside the verdict and never is the verdict.
 */
import type { SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { Layers, SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { formatNumber } from '../i18n/words.ts';
import { MAP_TIMES } from '../state/preferences.ts';
import { useStudio } from '../state/useStudio.ts';
import { OpacitySlider } from '../ui/OpacitySlider.tsx';
import { largestOf, MAP_SCALE, markedPeak, PEAK_CROSS, pixelOf, rampCss, signalOf, THRESHOLD } from './evidenceMap.ts';

export function MapPanel({ map, isShown }: { readonly map: SceneMap; readonly isShown: boolean }) {
  const { preferences } = useStudio();
  const { t } = useTranslation('stage');
  const mapTime = useStore(preferences, (state) => state.mapTime);
  const [isOpen, setOpen] = useState(false);
  const opacity = useStore(preferences, (state) => state.mapOpacity);
  const { from, to, ticks } = MAP_SCALE[map.kind];
  const value = (of: number) => t(`map.value.${map.kind}`, { value: formatNumber(of, { maximumFractionDigits: 2 }) });
  if (!isShown) {
    return (
      <button type="button" className="map-chip" onClick={() => preferences.setState({ mapTime: 'always' })}>
        <Layers size={15} /> {t('map.show')}
      </button>
    );
  }
  const signal = signalOf(map);
  const peak = markedPeak(map);
  return (
    <section className="map-legend" aria-label={t('map.title')}>
      <header>
        <h3>{t('map.title')}</h3>
        <button type="button" aria-label={t('map.controls')} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <SlidersHorizontal size={14} />
        </button>
        <button type="button" aria-label={t('map.hide')} onClick={() => preferences.setState({ mapTime: 'never' })}>
          <X size={14} />
        </button>
      </header>
      <p className={`map-signal map-signal-${signal}`}>
        {t(`map.signal.${signal}`, { value: value(largestOf(map.values)), from: value(from) })}
      </p>
      <div className="map-legend-ramp" style={{ background: rampCss(map.kind) }}>
        <i style={{ left: `${((THRESHOLD[map.kind] - from) / (to - from)) * 100}%` }} />
      </div>
      <div className="map-legend-ticks">
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${((tick - from) / (to - from)) * 100}%` }}>
            {value(tick)}
          </span>
        ))}
      </div>
      {peak && (
        <p className="map-peak">
          <svg viewBox="-15 -15 30 30" aria-hidden="true">
            <path d={PEAK_CROSS} />
          </svg>
          {t('map.peak', pixelOf(peak))}
        </p>
      )}
      {isOpen && <p>{t(`map.meaning.${map.kind}`)}</p>}
      <div className="map-controls" hidden={!isOpen}>
        <ToggleGroup.Root
          className="stage-choice"
          type="single"
          value={mapTime}
          aria-label={t('map.when')}
          onValueChange={(chosen) => {
            const time = MAP_TIMES.find((known) => known === chosen);
            if (time) preferences.setState({ mapTime: time });
          }}
        >
          {MAP_TIMES.map((time) => (
            <ToggleGroup.Item key={time} value={time}>
              {t(`map.time.${time}`)}
            </ToggleGroup.Item>
          ))}
        </ToggleGroup.Root>
        <OpacitySlider
          label={t('map.opacity')}
          value={opacity}
          onChange={(mapOpacity) => preferences.setState({ mapOpacity })}
        />
      </div>
    </section>
  );
}
