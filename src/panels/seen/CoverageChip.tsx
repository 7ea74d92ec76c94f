/** What share of the part was seen at full resolution by now; pressed, the stage dims the rest. */
import { ScanEye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SceneCoverage } from '@agentiad/core/replay/sceneTypes.ts';
import { formatShare } from '../../i18n/words.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import './coverage.css';

export function CoverageChip({ coverage }: { readonly coverage: SceneCoverage }) {
  const { store } = useStudio();
  const { t } = useTranslation('compare');
  const isShown = useStudioState((state) => state.isCoverageShown);
  const { share } = coverage;
  return (
    <div className="coverage">
      <Tooltip text={t('coverage.meaning')}>
        <button
          type="button"
          className="coverage-chip"
          aria-pressed={isShown}
          onClick={() => store.setState({ isCoverageShown: !isShown })}
        >
          <ScanEye size={15} /> {t('coverage.seen', { share: formatShare(share, share < 0.1 ? 1 : 0) })}
        </button>
      </Tooltip>
      {isShown && <p>{share >= 1 ? t('coverage.all') : t('coverage.dimmed')}</p>}
    </div>
  );
}
