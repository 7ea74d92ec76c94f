/** What is kept in this browser: how much, how safe, its backup, what can be cleaned up, what can be put back. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { readStoragePanel } from '../../state/actions/storagePanel.ts';
import { useStudio } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Notices } from '../notices/Notices.tsx';
import { BackupSection } from './BackupSection.tsx';
import { CleanUp } from './CleanUp.tsx';
import { Removed } from './Removed.tsx';
import { Room } from './Room.tsx';
import './storage.css';

export function StorageDrawer() {
  const context = useStudio();
  const { t } = useTranslation('storage');
  useEffect(() => void readStoragePanel(context), [context]);
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => context.store.setState({ drawer: null })}>
      <div className="storage">
        <Notices />
        <Room />
        <BackupSection />
        <CleanUp />
        <Removed />
      </div>
    </Drawer>
  );
}
