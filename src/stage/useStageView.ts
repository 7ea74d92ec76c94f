/** Binds the Konva stage to the page: draws what playhead, store and pictures say, and answers keys. */
import { useEffect, useEffectEvent, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Size } from '@agentiad/core/image/box.ts';
import { formatNumber } from '../i18n/words.ts';
import { addCorrected, changeCorrected, selectCorrected } from '../state/actions/correct.ts';
import { hoverRegion } from '../state/actions/select.ts';
import { sharpen } from '../state/actions/sharpen.ts';
import { useStudio } from '../state/useStudio.ts';
import { visibleBox, type Camera } from './camera.ts';
import { forgetCamera, keepCamera, keptCamera } from './cameraMemory.ts';
import type { MinimapHandle } from './Minimap.tsx';
import { pieceFor } from './pieces.ts';
import { pointAtMark } from './pointAtMark.ts';
import { readStageColours } from './stageColours.ts';
import { boxRequest, endBoxRequest, onBoxRequest, onStageCommand } from './stageCommands.ts';
import { regionOfMark, stageInput } from './stageInput.ts';
import { runCommand } from './runCommand.ts';
import type { StageView } from './stageTypes.ts';
import { createStageView } from './stageView.ts';

/** The view rests this long before a sharper piece of it is fetched. */
const REST_MS = 120;

export function useStageView(parts: {
  readonly container: RefObject<HTMLDivElement | null>;
  readonly minimap: RefObject<MinimapHandle | null>;
  readonly zoom: RefObject<HTMLElement | null>;
  readonly onFollow: (following: boolean) => void;
}): RefObject<StageView | null> {
  const context = useStudio();
  const { t } = useTranslation('stage');
  const view = useRef<StageView | null>(null);
  const { container, minimap, zoom } = parts;
  const onFollow = useEffectEvent(parts.onFollow);
  const input = useEffectEvent(() =>
    stageInput(context, readStageColours(), {
      refused: t('mark.refused'),
      clamped: t('mark.clamped'),
      originUnknown: t('mark.originUnknown'),
      corrected: t('mark.corrected'),
    }),
  );
  const showScale = useEffectEvent(({ scale }: Camera) => zoom.current?.replaceChildren(scaleWords(scale)));

  useEffect(() => {
    const element = container.current;
    if (!element) return;
    const { store, playhead, pictures, preferences } = context;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const onView = (camera: Camera, viewport: Size) => {
      const { current } = store.getState();
      if (!current) return;
      showScale(camera);
      minimap.current?.show(camera, current.size, viewport);
      clearTimeout(rest);
      rest = setTimeout(fetchPiece, REST_MS);
    };
    const fetchPiece = () => {
      const { current } = store.getState();
      const whole = current && pictures.get(current.sha256);
      if (!current?.hasFile || !whole) return;
      const seen = visibleBox(stage.camera(), current.size, stage.viewport());
      const density = stage.camera().scale * window.devicePixelRatio;
      const request = pieceFor(seen, current.size, density, whole.width, pictures.piece(current.sha256));
      if (request) void sharpen(context, current, request);
    };
    const stage = createStageView(element, {
      onFollow,
      onView,
      onMark: (id) => pointAtMark(context, stage, id),
      onHover: (id) => {
        element.style.setProperty('cursor', id === null ? '' : 'pointer');
        hoverRegion(context, id === null ? null : regionOfMark(context, id));
      },
      onBox: (box) => {
        const request = boxRequest();
        endBoxRequest();
        if (box) request?.onBox(box);
        else request?.onCancel();
      },
      onCorrectionSelect: (index) => selectCorrected(context, index),
      onCorrected: (index, box) =>
        void (index === null ? addCorrected(context, box) : changeCorrected(context, index, { box })),
      isMotionReduced: () => document.documentElement.dataset.motion === 'reduce',
      wheel: () => preferences.getState().wheel,
    });
    view.current = stage;

    // How far the verdict's label is filled in, for the verdict's style sheet.
    const root = document.documentElement;
    let filled = '';
    let isPlaced = false;
    const draw = () => {
      const next = input();
      if (!next) return;
      minimap.current?.draw(next.part.whole, next.part.size);
      stage.draw(next);
      const fill = String(next.scene.verdictFill);
      if (fill !== filled) root.style.setProperty('--verdict-fill', fill);
      filled = fill;
      if (isPlaced || stage.viewport().width < 2) return;
      isPlaced = true;
      const kept = keptCamera(sessionStorage, next.part.size, stage.viewport());
      if (kept) stage.restore(kept);
    };
    const remember = () => {
      const { current } = store.getState();
      if (!current) return;
      if (stage.isFollowing()) forgetCamera(sessionStorage);
      else keepCamera(sessionStorage, { image: current.size, viewport: stage.viewport(), camera: stage.camera() });
    };
    const observer = new ResizeObserver(() => {
      stage.resize({ width: element.clientWidth, height: element.clientHeight });
      draw();
    });
    observer.observe(element);
    let wasSelected = store.getState().selected;
    const stops = [
      playhead.onFrame(draw),
      pictures.onChange(() => {
        draw();
        fetchPiece();
      }),
      preferences.subscribe(draw),
      store.subscribe((state) => {
        draw();
        const { selected } = state;
        const isNew = selected !== null && selected !== wasSelected;
        wasSelected = selected;
        const box = isNew && input()?.pointedAt;
        if (box) stage.show(box);
      }),
      onStageCommand((command) => runCommand(stage, command, input)),
      onBoxRequest(() => stage.setDrawing(boxRequest() !== null)),
    ];
    // The theme is an attribute of the document by the time its class of colours changes.
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme', 'lang'] });
    window.addEventListener('pagehide', remember);
    stage.setDrawing(boxRequest() !== null);
    return () => {
      remember();
      window.removeEventListener('pagehide', remember);
      clearTimeout(rest);
      theme.disconnect();
      observer.disconnect();
      for (const stop of stops) stop();
      hoverRegion(context, null);
      root.style.removeProperty('--verdict-fill');
      stage.destroy();
      view.current = null;
    };
  }, [context, container, minimap]);

  return view;
}

/** A magnification in words: 100 % = one CSS pixel per pixel of the part. */
export function scaleWords(scale: number): string {
  return formatNumber(scale, { style: 'percent', maximumFractionDigits: scale < 0.1 ? 1 : 0 });
}
