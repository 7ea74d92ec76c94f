/** The top bar: what everybody should know (model, privacy, storage, where it runs) and the page's few commands. */
import { History, Images, Keyboard, Plus, Search, Settings } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { clearStage } from '../../state/actions/inspect.ts';
import type { StudioState } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { DeviceChip } from './DeviceChip.tsx';
import { ModelChip } from './ModelChip.tsx';
import { PrivacyChip } from './PrivacyChip.tsx';
import { StorageChip } from './StorageChip.tsx';
import './topBar.css';

const BUTTONS = [
  { drawer: 'palette', icon: <Search size={18} /> },
  { drawer: 'library', icon: <Images size={18} /> },
  { drawer: 'history', icon: <History size={18} /> },
  { drawer: 'keyboard', action: 'shortcuts', icon: <Keyboard size={18} />, className: 'icon-button needs-keyboard' },
  { drawer: 'settings', icon: <Settings size={18} /> },
] as const satisfies readonly { readonly drawer: StudioState['drawer']; readonly [key: string]: unknown }[];

export function TopBar() {
  const context = useStudio();
  const { t } = useTranslation('app');
  const hasCurrent = useStudioState((state) => state.current !== null);
  return (
    <header className="top-bar">
      <h1 className="brand">
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <path d="M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3" />
          <circle cx="12" cy="12" r="3.4" />
        </svg>
        {t('name')}
      </h1>
      <div className="top-chips">
        <ModelChip />
        <PrivacyChip />
        <StorageChip />
        <DeviceChip />
      </div>
      <div className="top-buttons">
        {hasCurrent && (
          <button
            type="button"
            className="button top-new"
            aria-label={t('newInspection')}
            onClick={() => clearStage(context)}
          >
            <Plus size={16} /> <span>{t('newInspection')}</span>
          </button>
        )}
        {BUTTONS.map((button) => (
          <IconButton
            key={button.drawer}
            label={t(`open.${button.drawer}`)}
            icon={button.icon}
            onClick={() => context.store.setState({ drawer: button.drawer })}
            action={'action' in button ? button.action : button.drawer}
            {...('className' in button && { className: button.className })}
          />
        ))}
      </div>
    </header>
  );
}
