/**
 * Good parts as tiles. Only rows in view are drawn, so that thousands stay quick; one tile is in the page's tab order,
 * and the arrow keys go on from it (`src/app/keyboard`).
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { setGridColumns } from '../../state/actions/grid.ts';
import { usePreferences, useStudio, useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { ExemplarTile } from './ExemplarTile.tsx';

const GAP_PX = 10;
/** Under the picture: the name. */
const CAPTION_PX = 22;
/** Around all tiles, so that the ring of the focus is seen whole. */
const PAD_PX = 16;

export function ExemplarGrid(props: { readonly exemplars: readonly ExemplarRecord[]; readonly label: string }) {
  const context = useStudio();
  const { exemplars } = props;
  const wanted = usePreferences((all) => all.tileSide);
  const focused = useStudioState((state) => state.grid.focused);
  const moves = useStudioState((state) => state.grid.moves);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const columns = Math.max(1, Math.floor((width - 2 * PAD_PX + GAP_PX) / (wanted + GAP_PX)));
  const side = Math.max(1, Math.floor((width - 2 * PAD_PX + GAP_PX) / columns) - GAP_PX);
  const rowHeight = side + CAPTION_PX + GAP_PX;
  // Written for React without its compiler; the virtualizer tells React itself when what it gives has changed.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: Math.ceil(exemplars.length / columns),
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    paddingStart: PAD_PX,
    paddingEnd: PAD_PX,
    overscan: 3,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight]);
  useEffect(() => setGridColumns(context, columns), [context, columns]);
  const at = exemplars.findIndex(({ id }) => id === focused);
  const seen = useRef(moves);
  useEffect(() => {
    if (seen.current === moves || at < 0) return;
    seen.current = moves;
    virtual.scrollToIndex(Math.floor(at / columns), { align: 'auto' });
    // The row may have to be drawn first.
    context.host.nextFrame(() =>
      box.current?.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus({ preventScroll: true }),
    );
  }, [context, virtual, moves, at, columns]);
  const inTabOrder = Math.max(0, at);
  return (
    <div
      className="exemplar-grid"
      ref={box}
      role="grid"
      aria-multiselectable="true"
      aria-label={props.label}
      aria-rowcount={virtual.options.count}
      aria-colcount={columns}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => (
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 1}
            className="exemplar-row"
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, ${side}px)`,
              padding: `0 ${PAD_PX}px`,
              gap: GAP_PX,
            }}
          >
            {exemplars.slice(row.index * columns, (row.index + 1) * columns).map((exemplar, column) => {
              const index = row.index * columns + column;
              return (
                <ExemplarTile key={exemplar.id} exemplar={exemplar} index={index} isInTabOrder={index === inTabOrder} />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Inner width in CSS pixels, as it changes. */
function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(800);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const read = () => setWidth(element.clientWidth);
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
