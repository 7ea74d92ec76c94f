/** Over the stage: how the part is compared, with which good part and why, the curtain's slider, the legend. */
import { ImagePlus } from 'lucide-react';
import { useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Scene } from '@agentiad/core/replay/sceneTypes.ts';
import { shownComparison } from '../../stage/compareInput.ts';
import { wantComparison, wantSimilarities } from '../../state/actions/compare.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { CompareBar } from './CompareBar.tsx';
import { CompareSwitch } from './CompareSwitch.tsx';
import { CurtainSlider } from './CurtainSlider.tsx';
import { DifferenceLegend } from './DifferenceLegend.tsx';
import './compare.css';

export function CompareOverlay(props: {
  readonly scene: Scene;
  /** Gives way to that of the difference. */
  readonly legend: ReactNode;
  /** Stand over the legend. */
  readonly children: ReactNode;
}) {
  const { scene, legend, children } = props;
  const context = useStudio();
  const current = useStudioState((state) => state.current);
  const exemplars = useStudioState((state) => state.exemplars);
  const compare = useStudioState((state) => state.compare);
  const isIdle = useStudioState((state) => state.engine.state === 'ready' && state.inspecting === null);
  const shown = useMemo(
    () => shownComparison({ current, exemplars, compare }, scene),
    [current, exemplars, compare, scene],
  );
  const isByHand = compare.mode !== 'off' || compare.isBlinking;
  const choice = shown?.choice ?? null;
  const isOpen = current?.activity === 'open';

  useEffect(() => {
    // While the agent works, its own comparisons are not worth taking time from it.
    if (current && choice && (isByHand || isOpen)) wantComparison(context, current, choice);
  }, [context, current, choice, isByHand, isOpen]);
  const isShown = shown !== null;
  useEffect(() => {
    if (current && isShown && isIdle) void wantSimilarities(context, current);
  }, [context, current, exemplars, isShown, isIdle]);

  return (
    <>
      <div className="stage-top">
        <CompareSwitch />
        {shown && current && <CompareBar shown={shown} current={current} />}
      </div>
      {isByHand && !shown && current && <NothingToCompare category={current.category} />}
      {shown?.mode === 'curtain' && <CurtainSlider />}
      <div className="stage-left">
        {children}
        {shown?.mode === 'difference' ? <DifferenceLegend shown={shown} /> : legend}
      </div>
    </>
  );
}

function NothingToCompare({ category }: { readonly category: string | null }) {
  const { store, isReplayFile } = useStudio();
  const { t } = useTranslation('compare');
  if (isReplayFile)
    return (
      <section className="compare-empty" aria-label={t('compare')}>
        <h3>{t('empty.replay')}</h3>
      </section>
    );
  return (
    <section className="compare-empty" aria-label={t('compare')}>
      <h3>{category === null ? t('empty.noCategory') : t('empty.title', { category })}</h3>
      <p>{t('empty.text')}</p>
      <button type="button" className="button button-primary" onClick={() => store.setState({ drawer: 'library' })}>
        <ImagePlus size={15} /> {t('empty.add')}
      </button>
    </section>
  );
}
