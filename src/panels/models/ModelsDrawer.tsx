/** The models: the one that inspects, those kept in this browser, and adding one from an address or a folder. */
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../i18n/words.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Notices } from '../notices/Notices.tsx';
import { AddModel } from './AddModel.tsx';
import { ModelCard } from './ModelCard.tsx';
import './models.css';

export function ModelsDrawer() {
  const context = useStudio();
  const { t } = useTranslation('models');
  const { shipped, stored, room } = useStudioState((state) => state.models);
  const storedBytes = stored?.reduce((sum, model) => sum + model.verifiedBytes, 0) ?? 0;
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => context.store.setState({ drawer: null })}>
      <div className="models">
        <Notices />
        <AddModel />
        <section aria-labelledby="models-here">
          <div className="panel-head">
            <h3 id="models-here">{t('here')}</h3>
            <p>
              {[
                storedBytes > 0 && t('kept', { size: formatBytes(storedBytes) }),
                room.freeBytes !== null && t('free', { size: formatBytes(room.freeBytes) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </div>
          <ul className="model-list">
            {shipped && <ModelCard model={shipped} stored={null} />}
            {stored?.map((model) => (
              <ModelCard key={model.id} model={model} stored={model} />
            ))}
          </ul>
          {stored === null && <p className="models-wait">{t('looking')}</p>}
        </section>
      </div>
    </Drawer>
  );
}
