/** The stage: the part, what the agent looks at, and the camera's buttons. Lists beside it say the same in words. */
import { Minus, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { imageOf } from '@agentiad/core/replay/runSoFar.ts';
import { sceneAt } from '@agentiad/core/replay/scene.ts';
import { CompareOverlay } from '../panels/compare/CompareOverlay.tsx';
import { CoverageChip } from '../panels/seen/CoverageChip.tsx';
import { PictureGone } from '../panels/seen/PictureGone.tsx';
import { WindowLevelChip } from '../panels/window/WindowLevelChip.tsx';
import type { Current } from '../state/studioState.ts';
import { useStudio, useStudioState, useTurn } from '../state/useStudio.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { describeScene } from './describeScene.ts';
import { liveCoverage } from './liveCoverage.ts';
import { isMapShown } from './mapTime.ts';
import { MapPanel } from './MapPanel.tsx';
import { Minimap, type MinimapHandle } from './Minimap.tsx';
import { RegionList } from './RegionList.tsx';
import { useBoxRequest } from './useBoxRequest.ts';
import { scaleWords, useStageView } from './useStageView.ts';
import './stage.css';

/** Neither the file nor what the model saw of it is here: only what was drawn on it can be shown. */
function isPictureGone({ hasFile, trace, run }: Current): boolean {
  const part = imageOf(run, 1);
  return !hasFile && trace !== null && (!part || trace.assets[part.asset] === undefined);
}

export function Stage() {
  const context = useStudio();
  const { t, i18n } = useTranslation('stage');
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const container = useRef<HTMLDivElement>(null);
  const minimap = useRef<MinimapHandle>(null);
  const zoom = useRef<HTMLSpanElement>(null);
  const [following, setFollowing] = useState(true);
  const mapTime = useStore(context.preferences, (state) => state.mapTime);
  const isDrawing = useBoxRequest() !== null;
  const view = useStageView({ container, minimap, zoom, onFollow: setFollowing });

  // The magnification is written outside React; a new language writes it anew.
  useEffect(() => {
    if (view.current) zoom.current?.replaceChildren(scaleWords(view.current.camera().scale));
  }, [view, i18n.language]);

  if (!current) return null;
  const scene = sceneAt(current.run, turn, current.size);
  const map = scene.map ?? scene.evidence;
  const hasMap = isMapShown(mapTime, scene);
  return (
    <section className="stage" aria-label={t('stage')}>
      <div
        ref={container}
        className="stage-canvas"
        role="img"
        aria-label={describeScene(current, scene, hasMap ? map : null, t)}
        tabIndex={0}
        data-turn={turn}
      />
      <RegionList />
      {isPictureGone(current) && <PictureGone current={current} />}
      {isDrawing && <p className="stage-hint">{t('drawBox')}</p>}
      <CompareOverlay scene={scene} legend={map && <MapPanel map={map} isShown={hasMap} />}>
        <WindowLevelChip />
        <CoverageChip coverage={liveCoverage(current, scene.coverage)} />
      </CompareOverlay>
      <div className="stage-corner">
        <Minimap ref={minimap} onMove={(to) => view.current?.centreOn(to)} />
        <div className="stage-tools" role="toolbar" aria-label={t('tools')}>
          {!following && (
            <button type="button" className="stage-follow" onClick={() => view.current?.setFollow(true)}>
              {t('follow')}
            </button>
          )}
          <span className="stage-zoom" ref={zoom} />
          <IconButton
            label={t('zoomOut')}
            action="zoomOut"
            onClick={() => view.current?.zoomBy(1 / 1.4)}
            icon={<Minus size={16} />}
          />
          <IconButton
            label={t('zoomIn')}
            action="zoomIn"
            onClick={() => view.current?.zoomBy(1.4)}
            icon={<Plus size={16} />}
          />
          <IconButton
            label={t('fit')}
            action="fit"
            onClick={() => view.current?.fit()}
            icon={<span className="stage-word">{t('fitWord')}</span>}
          />
          <IconButton
            label={t('oneToOne')}
            action="oneToOne"
            onClick={() => view.current?.oneToOne()}
            icon={<span className="stage-word">{t('oneToOneWord')}</span>}
          />
        </div>
      </div>
    </section>
  );
}
