/** The stage: the part, what the agent looks at, and the camera's buttons. Lists beside it say the same in words. */
import { Minus, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { imageOf } from '@agentiad/core/replay/runSoFar.ts';
import { roomAround, sceneAt } from '@agentiad/core/replay/scene.ts';
import type { Scene, SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import type { StudioContext } from '../state/context.ts';
import type { Region } from '@agentiad/core/protocol/verdict.ts';
import { toggleRegion } from '../state/actions/select.ts';
import { selectedRegion, type Current } from '../state/studioState.ts';
import { useStudio, useStudioState, useTurn } from '../state/useStudio.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { MapLegend } from './MapLegend.tsx';
import { onStageCommand } from './stageCommands.ts';
import { readStageColours } from './stageColours.ts';
import { createStageView, type StageInput, type StageView } from './stageView.ts';
import './stage.css';

export function Stage() {
  const context = useStudio();
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<StageView | null>(null);
  const [following, setFollowing] = useState(true);
  const [zoom, setZoom] = useState(1);
  const selected = useStudioState((state) => selectedRegion(state, turn));

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const stage = createStageView(element, {
      onFollow: setFollowing,
      onMark: (id) => toggleRegion(context, id),
      onCamera: (camera) => setZoom(Math.round(camera.scale * 100) / 100),
    });
    view.current = stage;
    const observer = new ResizeObserver(() =>
      stage.resize({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    const stopCommands = onStageCommand((command) => {
      if (command === 'fit') stage.fit();
      if (command === 'one-to-one') stage.oneToOne();
      if (command === 'zoom-in') stage.zoomBy(1.4);
      if (command === 'zoom-out') stage.zoomBy(1 / 1.4);
      if (command === 'follow') stage.setFollow(true);
      if (command === 'left') stage.panBy(60, 0);
      if (command === 'right') stage.panBy(-60, 0);
      if (command === 'up') stage.panBy(0, 60);
      if (command === 'down') stage.panBy(0, -60);
    });
    return () => {
      stopCommands();
      observer.disconnect();
      stage.destroy();
      view.current = null;
    };
  }, [context]);

  useEffect(() => {
    if (selected) view.current?.setFollow(true);
  }, [selected]);

  useEffect(() => {
    const draw = () => {
      const shown = context.store.getState().current;
      if (shown) view.current?.draw(stageInput(context, shown, selected));
    };
    draw();
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const stops = [context.playhead.onFrame(draw), context.pictures.onChange(draw)];
    return () => {
      scheme.removeEventListener('change', draw);
      for (const stop of stops) stop();
    };
  }, [context, current, selected]);

  if (!current) return null;
  const scene = sceneAt(current.run, turn, current.size);
  return (
    <section className="stage" aria-label="Part under inspection">
      <div
        ref={container}
        className="stage-canvas"
        role="img"
        aria-label={describeScene(current, scene)}
        tabIndex={0}
        data-turn={turn}
      />
      {scene.compare && (
        <p className="stage-caption">
          <strong>Good part</strong> {scene.compare.image.source.name}
          {scene.compare.isFitted && <span>different shape: shown fitted, not registered</span>}
        </p>
      )}
      {scene.map && <MapLegend kind={scene.map.kind} />}
      <div className="stage-tools" role="toolbar" aria-label="View">
        {!following && (
          <button type="button" className="stage-follow" onClick={() => view.current?.setFollow(true)}>
            Follow the agent
          </button>
        )}
        <span className="stage-zoom">{Math.round(zoom * 100)} %</span>
        <IconButton label="Zoom out (-)" onClick={() => view.current?.zoomBy(1 / 1.4)} icon={<Minus size={16} />} />
        <IconButton label="Zoom in (+)" onClick={() => view.current?.zoomBy(1.4)} icon={<Plus size={16} />} />
        <IconButton
          label="Fit: the whole part (0)"
          onClick={() => view.current?.fit()}
          icon={<span className="stage-word">Fit</span>}
        />
        <IconButton
          label="1:1, actual pixels (1)"
          onClick={() => view.current?.oneToOne()}
          icon={<span className="stage-word">1:1</span>}
        />
      </div>
    </section>
  );
}

function stageInput({ pictures, playhead }: StudioContext, current: Current, selected: Region | null): StageInput {
  const scene = sceneAt(current.run, playhead.t(), current.size);
  const part = imageOf(current.run, 1);
  const exemplar = scene.compare?.image ?? null;
  return {
    scene,
    part: current.size,
    picture: pictures.get(current.sha256) ?? (part && pictures.get(`seen:${part.asset}`)),
    exemplar: exemplar && (pictures.get(exemplar.source.sha256) ?? pictures.get(`seen:${exemplar.asset}`)),
    colours: readStageColours(),
    highlighted: selected && (scene.marks.find((mark) => isMarkOf(mark, selected))?.id ?? null),
    pointedAt: selected && roomAround(selected.box, current.size),
  };
}

/** A defect's mark has the region's id; an inspected region is the rectangle its step drew. */
function isMarkOf(mark: SceneMark, region: Region): boolean {
  return mark.id === region.id || mark.box.every((value, index) => value === region.box[index]);
}

function describeScene(current: Current, scene: Scene): string {
  const { width, height } = current.size;
  const places = scene.marks.filter((mark) => mark.number !== null).length;
  const marked = places > 0 ? `, ${places} numbered ${places === 1 ? 'place' : 'places'}` : '';
  const compared = scene.compare ? `, beside the good part ${scene.compare.image.source.name}` : '';
  return `${current.name}, ${width} by ${height} pixels, step ${scene.turn}${marked}${compared}`;
}
