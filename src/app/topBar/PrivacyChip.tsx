/** Says that nothing leaves this device, and whether there is a network at all. */
import { ShieldCheck, WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { Tooltip } from '../../ui/Tooltip.tsx';

export function PrivacyChip() {
  const { t } = useTranslation('app');
  const isOnline = useSyncExternalStore(onNetwork, () => navigator.onLine);
  return (
    <Tooltip text={t(isOnline ? 'privacy.note' : 'privacy.offlineNote')}>
      <p className="chip chip-private" tabIndex={0}>
        {isOnline ? <ShieldCheck size={15} /> : <WifiOff size={15} />}
        <span>{t(isOnline ? 'privacy.text' : 'privacy.offline')}</span>
      </p>
    </Tooltip>
  );
}

function onNetwork(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}
