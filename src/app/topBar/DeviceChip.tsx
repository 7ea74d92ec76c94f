/** Where the model runs; opens why it is not the graphics device, and what to do about that. */
import { Cpu } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CopyDetails, TroubleHelp } from '../../panels/trouble/TroubleHelp.tsx';
import { troubleOfBackend } from '../../state/trouble.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { ChipPopover } from '../../ui/ChipPopover.tsx';

export function DeviceChip() {
  const { t } = useTranslation('app');
  const engine = useStudioState((state) => state.engine);
  if (engine.state !== 'ready') return null;
  const { backend } = engine.info;
  const shown = t(`device.${backend.name}`);
  const trouble = troubleOfBackend(backend);
  const brief = t(backend.cause === null ? 'device.graphics' : 'device.processor');
  return (
    <ChipPopover
      className="chip chip-backend"
      label={t('device.label', { name: shown })}
      title={t('device.title')}
      trigger={
        <>
          <Cpu size={15} />{' '}
          <span>
            {shown} <small>({brief})</small>
          </span>
        </>
      }
    >
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
    </ChipPopover>
  );
}
