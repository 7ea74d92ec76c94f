/** The files an inspection can be kept as, and what each is for. */
import { Clapperboard, FileJson, Images, Route } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { saveLabelledSet } from '../../state/actions/labelledSet.ts';
import { exportReplay } from '../../state/actions/replayFile.ts';
import { exportTrace, exportVerdict } from '../../state/actions/traces.ts';
import type { StudioContext } from '../../state/context.ts';
import { labelledRuns } from '../../state/labelledSet.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import './export.css';

/** One line a file. */
const FILES: readonly {
  readonly id: 'verdict' | 'trace' | 'replay';
  readonly icon: ReactNode;
  readonly save: (context: StudioContext) => void;
}[] = [
  { id: 'verdict', icon: <FileJson size={20} />, save: exportVerdict },
  { id: 'trace', icon: <Route size={20} />, save: exportTrace },
  { id: 'replay', icon: <Clapperboard size={20} />, save: (context) => void exportReplay(context) },
];

export function ExportDrawer() {
  const context = useStudio();
  const { t } = useTranslation('export');
  const close = () => context.store.setState({ drawer: null });
  return (
    <Drawer title={t('title')} description={t('description')} onClose={close}>
      <ul className="export">
        {FILES.map(({ id, icon, save }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => {
                save(context);
                close();
              }}
            >
              {icon}
              <span>
                <strong>{t(`${id}.name`)}</strong>
                <span>{t(`${id}.use`)}</span>
              </span>
            </button>
          </li>
        ))}
        <LabelledSet onSaved={close} />
      </ul>
    </Drawer>
  );
}

/** What people said of all inspections of this kind of part, for training and validation. */
function LabelledSet({ onSaved }: { readonly onSaved: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('export');
  const [withGoodParts, setWithGoodParts] = useState(true);
  const category = useStudioState((state) => state.current?.category ?? null);
  const history = useStudioState((state) => state.history);
  const decisions = useStudioState((state) => state.decisions);
  const corrections = useStudioState((state) => state.corrections);
  const runs = history.filter((run) => run.category === category);
  const count = labelledRuns(runs, { decisions, corrections }).length;
  return (
    <li>
      <button
        type="button"
        disabled={count === 0}
        onClick={() => {
          void saveLabelledSet(context, runs, { withGoodParts });
          onSaved();
        }}
      >
        <Images size={20} />
        <span>
          <strong>{t('set.name')}</strong>
          <span>{t('set.use')}</span>
          <span>{count === 0 ? t('set.none') : t('set.count', { count })}</span>
        </span>
      </button>
      {category !== null && count > 0 && (
        <label className="export-option">
          <input
            type="checkbox"
            checked={withGoodParts}
            onChange={(event) => setWithGoodParts(event.currentTarget.checked)}
          />
          {t('set.withGoodParts')}
        </label>
      )}
    </li>
  );
}
