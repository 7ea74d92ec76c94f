/** The files an inspection can be kept as, and what each is for. */
import { Clapperboard, FileJson, Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { exportReplay } from '../../state/actions/replayFile.ts';
import { exportTrace, exportVerdict } from '../../state/actions/traces.ts';
import type { StudioContext } from '../../state/context.ts';
import { useStudio } from '../../state/useStudio.ts';
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
      </ul>
    </Drawer>
  );
}
