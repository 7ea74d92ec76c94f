/**
 * A picture exactly as the model received it, pixel for pixel, with the squares that became tokens, the frame it
 * answers in (0..1, x to the right and y down) and the places it named in that frame.
 */
import { Grid3x3, Minus, Plus, Ruler, SquareDashed } from 'lucide-react';
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceAsset, TraceImage } from '@agentiad/core/protocol/trace.ts';
import { formatNumber } from '../../i18n/words.ts';
import { tokenGrid, type Said } from './frame.ts';

const LARGEST = 16;
/** Room for the axes, in CSS pixels. */
const EDGE = { left: 30, top: 18, right: 10, bottom: 20 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
/** Squares smaller than this on the screen are not drawn: they would be grey. */
const SMALLEST_SQUARE = 5;

export function EyePicture(props: {
  readonly image: TraceImage;
  readonly asset: TraceAsset;
  readonly said: readonly Said[];
}) {
  const { t } = useTranslation('modelEye');
  const { asset } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  /** CSS pixels per pixel of the picture; null: as large as fits. */
  const [zoom, setZoom] = useState<number | null>(null);
  const [shows, setShows] = useState({ grid: true, axes: true, places: true });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setRoom(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const edge = shows.axes ? EDGE.left + EDGE.right : 0;
  const fit = Math.max((room - edge) / asset.width, 0.05);
  const scale = zoom ?? fit;
  const zoomBy = (by: number) => {
    const whole = by > 1 ? Math.floor(scale) + 1 : Math.ceil(scale) - 1;
    setZoom(Math.min(Math.max(whole, 1), LARGEST));
  };
  const toggle = (what: keyof typeof shows) => setShows((before) => ({ ...before, [what]: !before[what] }));
  return (
    <figure className="eye-picture">
      <div className="eye-tools">
        <Toggle icon={<Grid3x3 size={15} />} text={t('grid')} isOn={shows.grid} onToggle={() => toggle('grid')} />
        <Toggle icon={<Ruler size={15} />} text={t('axes')} isOn={shows.axes} onToggle={() => toggle('axes')} />
        <Toggle
          icon={<SquareDashed size={15} />}
          text={t('places')}
          isOn={shows.places}
          onToggle={() => toggle('places')}
        />
        <span className="eye-zoom">
          <button
            type="button"
            className="icon-button"
            aria-label={t('zoomOut')}
            disabled={scale <= 1}
            onClick={() => zoomBy(0.5)}
          >
            <Minus size={15} />
          </button>
          <output>{formatNumber(scale, { maximumFractionDigits: 1 })}×</output>
          <button
            type="button"
            className="icon-button"
            aria-label={t('zoomIn')}
            disabled={scale >= LARGEST}
            onClick={() => zoomBy(2)}
          >
            <Plus size={15} />
          </button>
          <button type="button" className="link" disabled={zoom === null} onClick={() => setZoom(null)}>
            {t('fit')}
          </button>
        </span>
      </div>
      {/* Scrolls when it is zoomed, with the keys too. */}
      <div ref={frame} className="eye-scroll" tabIndex={0} role="group" aria-label={t('pixels')}>
        {room > 0 && <Drawing {...props} scale={scale} shows={shows} />}
      </div>
    </figure>
  );
}

function Toggle(props: {
  readonly icon: ReactNode;
  readonly text: string;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <button type="button" className="eye-toggle" aria-pressed={props.isOn} onClick={props.onToggle}>
      {props.icon} {props.text}
    </button>
  );
}

function Drawing(props: {
  readonly image: TraceImage;
  readonly asset: TraceAsset;
  readonly said: readonly Said[];
  readonly scale: number;
  readonly shows: { readonly grid: boolean; readonly axes: boolean; readonly places: boolean };
}) {
  const { t } = useTranslation('modelEye');
  const { image, asset, scale, shows } = props;
  const clip = useId();
  const width = asset.width * scale;
  const height = asset.height * scale;
  const edge = shows.axes ? EDGE : { left: 0, top: 0, right: 0, bottom: 0 };
  const size = { width: edge.left + width + edge.right, height: edge.top + height + edge.bottom };
  return (
    <svg
      className="eye-drawing"
      {...size}
      role="img"
      aria-label={t('drawing', { width: asset.width, height: asset.height, tokens: image.tokens })}
    >
      <g transform={`translate(${edge.left} ${edge.top})`}>
        <image href={`data:${asset.mime};base64,${asset.base64}`} width={width} height={height} />
        {shows.grid && <Squares image={image} asset={asset} scale={scale} />}
        {shows.places && (
          <g clipPath={`url(#${clip})`}>
            <clipPath id={clip}>
              <rect x={-edge.left} y={-edge.top} {...size} />
            </clipPath>
            {props.said.map(
              (place) => place.box && <Place key={place.id} said={place} width={width} height={height} />,
            )}
          </g>
        )}
        {shows.axes && <Axes width={width} height={height} image={image} />}
      </g>
    </svg>
  );
}

/** Tokens as strong lines, the patches they were merged from as thin ones. */
function Squares({
  image,
  asset,
  scale,
}: {
  readonly image: TraceImage;
  readonly asset: TraceAsset;
  readonly scale: number;
}) {
  const grid = tokenGrid(asset, image.tokens);
  if (!grid || grid.cell * scale < SMALLEST_SQUARE) return null;
  const lines = (side: number) => {
    const down = Array.from(
      { length: Math.floor(asset.width / side) + 1 },
      (_, i) => `M${i * side * scale} 0V${asset.height * scale}`,
    );
    const over = Array.from(
      { length: Math.floor(asset.height / side) + 1 },
      (_, i) => `M0 ${i * side * scale}H${asset.width * scale}`,
    );
    return [...down, ...over].join('');
  };
  const half = grid.cell / 2;
  return (
    <g className="eye-grid">
      {Number.isInteger(half) && half * scale >= SMALLEST_SQUARE * 2 && (
        <path className="eye-patches" d={lines(half)} />
      )}
      <path className="eye-halo" d={lines(grid.cell)} />
      <path className="eye-tokens" d={lines(grid.cell)} />
    </g>
  );
}

function Place({ said, width, height }: { readonly said: Said; readonly width: number; readonly height: number }) {
  const [x1, y1, x2, y2] = said.box!;
  const rect = {
    x: x1 * width,
    y: y1 * height,
    width: Math.max((x2 - x1) * width, 0),
    height: Math.max((y2 - y1) * height, 0),
  };
  return (
    <g className={said.clamped ? 'eye-place eye-place-clamped' : 'eye-place'}>
      <rect className="eye-halo" {...rect} />
      <rect {...rect} />
      <text x={rect.x + 3} y={rect.y + 12}>
        {said.id}
      </text>
    </g>
  );
}

/** 0..1 along top and left; the corners of the rectangle in its source below. */
function Axes({
  width,
  height,
  image,
}: {
  readonly width: number;
  readonly height: number;
  readonly image: TraceImage;
}) {
  const { t } = useTranslation('modelEye');
  const [x1, y1, x2, y2] = image.frame;
  const label = (value: number) => formatNumber(value, { maximumFractionDigits: 2 });
  const anchor = (tick: number) => (tick === 0 ? 'start' : tick === 1 ? 'end' : 'middle');
  return (
    <g className="eye-axes">
      {TICKS.map((tick) => (
        <g key={tick}>
          <path d={`M${tick * width} -4V0M-4 ${tick * height}H0`} />
          <text x={tick * width} y={-6} textAnchor={anchor(tick)}>
            {label(tick)}
          </text>
          <text
            x={-6}
            y={tick * height}
            textAnchor="end"
            dominantBaseline={tick === 0 ? 'hanging' : tick === 1 ? 'auto' : 'central'}
          >
            {label(tick)}
          </text>
        </g>
      ))}
      <text x={0} y={height + 14}>
        {t('corner', { x: x1, y: y1 })}
      </text>
      <text x={width} y={height + 14} textAnchor="end">
        {t('corner', { x: x2, y: y2 })}
      </text>
    </g>
  );
}
