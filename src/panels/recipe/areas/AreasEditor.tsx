/** Where parts of this kind are inspected, drawn on a good part and looked at on the others. */
import { ChevronLeft, ChevronRight, Minus, Plus, Undo2 } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { inspectedShare, isWholeImage, type Areas } from '@agentiad/core/image/areas.ts';
import { formatShare } from '../../../i18n/words.ts';
import { readStageColours } from '../../../stage/stageColours.ts';
import { undoLast } from '../../../state/actions/changes.ts';
import { wantGoodPart } from '../../../state/actions/images.ts';
import { useStudio } from '../../../state/useStudio.ts';
import type { ExemplarRecord } from '../../../storage/schema.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { AreaList } from './AreaList.tsx';
import { AreaTools } from './AreaTools.tsx';
import { createAreasView, type AreasView } from './areasView.ts';
import { useAreaEditing } from './useAreaEditing.ts';
import './areas.css';

const ARROWS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function AreasEditor(props: {
  readonly exemplars: readonly ExemplarRecord[];
  readonly areas: Areas;
  readonly onChange: (areas: Areas) => void;
}) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const { exemplars } = props;
  const [place, setPlace] = useState(0);
  const exemplar = exemplars[Math.min(place, exemplars.length - 1)]!;
  const editing = useAreaEditing(props.areas, props.onChange);
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<AreasView | null>(null);
  const onEvents = useEffectEvent(() => editing.events);
  const draw = useEffectEvent(() => {
    const { areas, picked, drawn } = editing;
    const picture = context.pictures.get(exemplar.sha256);
    view.current?.draw({ picture, size: exemplar, areas, picked, drawn, colours: readStageColours() });
  });

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const { pictures, preferences } = context;
    const made = createAreasView(element, {
      onPress: (...given) => onEvents().onPress(...given),
      onDrag: (...given) => onEvents().onDrag(...given),
      onDrop: (...given) => onEvents().onDrop(...given),
      onClick: (...given) => onEvents().onClick(...given),
      onDoubleClick: () => onEvents().onDoubleClick(),
      cursor: (hit) => onEvents().cursor(hit),
      wheel: () => preferences.getState().wheel,
    });
    view.current = made;
    const observer = new ResizeObserver(() => {
      made.resize({ width: element.clientWidth, height: element.clientHeight });
      draw();
    });
    observer.observe(element);
    const theme = new MutationObserver(() => draw());
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const stop = pictures.onChange(() => draw());
    return () => {
      stop();
      theme.disconnect();
      observer.disconnect();
      made.destroy();
      view.current = null;
    };
  }, [context]);
  useEffect(() => wantGoodPart(context, exemplar), [context, exemplar]);
  useEffect(() => draw());

  const step = (by: number) =>
    setPlace((Math.min(place, exemplars.length - 1) + by + exemplars.length) % exemplars.length);
  const onKey = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    const far = event.shiftKey ? 10 : 1;
    if (arrow && editing.picked) editing.nudge(arrow[0] * far, arrow[1] * far, exemplar);
    else if (event.key === 'Delete' || event.key === 'Backspace') editing.remove();
    else if (event.key === 'Enter') editing.finish();
    else if (event.key === '.' || event.key === ',') editing.stepCorner(event.key === '.' ? 1 : -1);
    else if (event.key !== 'Escape' || !editing.escape()) return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="areas">
      <AreaTools
        tool={editing.tool}
        onChoose={(tool, isByKey) => {
          if (isByKey && tool !== 'hand' && tool.draw === 'rectangle') {
            editing.addInMiddle(tool.kind);
            container.current?.focus();
          } else editing.choose(tool);
        }}
      />
      <div className="areas-picture">
        <div
          ref={container}
          className="areas-canvas"
          role="application"
          aria-label={t('areas.canvas', { name: exemplar.name })}
          aria-describedby="areas-keys"
          tabIndex={0}
          onKeyDown={onKey}
        />
        {editing.tool !== 'hand' && <p className="areas-hint">{t(`areas.how.${editing.tool.draw}`)}</p>}
        <div className="areas-corner" role="toolbar" aria-label={t('areas.view')}>
          <IconButton
            label={t('areas.zoomOut')}
            icon={<Minus size={15} />}
            onClick={() => view.current?.zoomBy(1 / 1.4)}
          />
          <IconButton label={t('areas.zoomIn')} icon={<Plus size={15} />} onClick={() => view.current?.zoomBy(1.4)} />
          <button type="button" className="areas-fit" onClick={() => view.current?.fit()}>
            {t('areas.fit')}
          </button>
        </div>
      </div>
      <div className="areas-below">
        <span className="areas-steps">
          <IconButton
            label={t('areas.before')}
            icon={<ChevronLeft size={16} />}
            disabled={exemplars.length < 2}
            onClick={() => step(-1)}
          />
          <IconButton
            label={t('areas.next')}
            icon={<ChevronRight size={16} />}
            disabled={exemplars.length < 2}
            onClick={() => step(1)}
          />
          <span className="areas-name" title={exemplar.name}>
            {t('areas.on', {
              at: Math.min(place, exemplars.length - 1) + 1,
              of: exemplars.length,
              name: exemplar.name,
            })}
          </span>
        </span>
        <button type="button" className="link" onClick={() => void undoLast(context)}>
          <Undo2 size={14} /> {t('areas.undo')}
        </button>
      </div>
      <p className="areas-share" role="status">
        {isWholeImage(editing.areas)
          ? t('areas.whole')
          : t('areas.share', { share: formatShare(inspectedShare(editing.areas, exemplar), 1) })}
      </p>
      <AreaList areas={editing.areas} picked={editing.picked} onPick={editing.pick} onRemove={editing.remove} />
      <p className="areas-keys needs-keyboard" id="areas-keys">
        {t('areas.keys')}
      </p>
    </div>
  );
}
