/**
 * The trajectory in words: one row a turn, what it saw and how long it took; the turn on the stage is open. Only rows in
 * view are drawn, so that long runs stay quick. Questions asked of the run are listed under the step they leave it at.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { useStudioState, useSweptFrom, useTurn } from '../../state/useStudio.ts';
import { BranchRow } from './BranchRow.tsx';
import { BranchSwitch } from './BranchSwitch.tsx';
import { rowsOf, type StepsRow } from './rows.ts';
import { LookRow, RunningRow, StepRow } from './StepRow.tsx';
import './steps.css';

/** A closed row, before it was measured. */
const ROW_PX = 48;
/** Of the row before the open one, this much stays in view. */
const PEEK_PX = 28;

export function Steps() {
  const { t } = useTranslation('steps');
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const sweptFrom = useSweptFrom();
  const list = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => (current ? rowsOf(current) : []), [current]);
  // Written for React without its compiler; the virtualizer tells React itself when what it gives has changed.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]!.key,
    overscan: 4,
    scrollPaddingStart: PEEK_PX,
  });
  const shown = rows.findIndex((row) => row.turn === turn && row.kind !== 'branch');
  useEffect(() => {
    // An open row may be taller than the list: its title must not be what is out of sight.
    if (shown >= 0) virtual.scrollToIndex(shown, { align: 'start' });
  }, [virtual, shown]);

  if (!current) return null;
  const count = turnCount(current.run);
  return (
    <section className="steps" aria-label={t('title')}>
      <header className="steps-head">
        <h2>{t('title')}</h2>
        <span>{count > 0 ? t('count', { count }) : ''}</span>
      </header>
      {current.trace && <BranchSwitch trace={current.trace} shown={current.branch} />}
      <div className="steps-list" ref={list}>
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]!;
            const isShown = row.kind !== 'branch' && row.turn >= sweptFrom && row.turn <= turn;
            const isOpen = row.kind !== 'branch' && row.turn === turn;
            return (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className={classesOf(row, isShown)}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-current={isOpen ? 'step' : undefined}
                aria-busy={row.kind === 'running' || undefined}
                aria-posinset={item.index + 1}
                aria-setsize={rows.length}
              >
                <Row row={row} isOpen={isOpen} />
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}

function Row({ row, isOpen }: { readonly row: StepsRow; readonly isOpen: boolean }) {
  switch (row.kind) {
    case 'look':
      return <LookRow part={row.part} isOpen={isOpen} />;
    case 'step':
      return <StepRow step={row.step} turn={row.turn} isOpen={isOpen} />;
    case 'branch':
      return <BranchRow branch={row.branch} />;
    case 'running':
      return <RunningRow tool={row.tool} text={row.text} />;
  }
}

function classesOf(row: StepsRow, isShown: boolean): string {
  const failed = row.kind === 'step' && row.step.observation?.isError;
  const own = row.kind === 'step' && row.isOwn;
  return [
    'step',
    `step-row-${row.kind}`,
    isShown ? 'step-shown' : '',
    failed ? 'step-error' : '',
    own ? 'step-own' : '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}
