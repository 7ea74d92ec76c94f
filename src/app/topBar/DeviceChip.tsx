/** Where the model runs; opens why it is not the graphics device, and what to do about that. */
import * as Popover from '@radix-ui/react-popover';
import { Cpu } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CopyDetails, TroubleHelp } from '../../panels/trouble/TroubleHelp.tsx';
import { troubleOfBackend } from '../../state/trouble.ts';
import { useStudioState } from '../../state/useStudio.ts';

export function DeviceChip() {
  const { t } = useTranslation('app');
  const engine = useStudioState((state) => state.engine);
  if (engine.state !== 'ready') return null;
  const { backend } = engine.info;
  const shown = t(`device.${backend.name}`);
  const trouble = troubleOfBackend(backend);
  const brief = t(backend.cause === null ? 'device.graphics' : 'device.processor');
  return (
    <Popover.Root>
      <Popover.Trigger className="chip chip-backend" aria-label={t('device.label', { name: shown })}>
        <Cpu size={15} />{' '}
        <span>
          {shown} <small>({brief})</small>
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" sideOffset={6} collisionPadding={12} aria-label={t('device.title')}>
          {trouble ? (
            <TroubleHelp trouble={trouble} detail={backend.reason} />
          ) : (
            <div className="trouble">
              <p className="trouble-title">{t('device.runsOn', { name: shown })}</p>
              <p>{backend.reason ?? backend.adapter}</p>
              <div className="trouble-actions">
                <CopyDetails />
              </div>
            </div>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
