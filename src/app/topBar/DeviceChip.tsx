/** Where the model runs. */
import { Cpu } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useStudioState } from '../../state/useStudio.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';

export function DeviceChip() {
  const { t } = useTranslation('app');
  const engine = useStudioState((state) => state.engine);
  if (engine.state !== 'ready') return null;
  const { name, adapter, reason } = engine.info.backend;
  const shown = t(`device.${name}`);
  const detail = reason ?? adapter;
  const [brief] = detail.split(': ');
  return (
    <Tooltip text={`${shown} (${detail})`}>
      <p className="chip chip-backend" tabIndex={0}>
        <Cpu size={15} />{' '}
        <span>
          {shown} <small>({brief})</small>
        </span>
      </p>
    </Tooltip>
  );
}
