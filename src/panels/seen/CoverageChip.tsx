/** What share of the part was seen in full detail by now, or how sharply at best; pressed, the stage dims the rest. */
import { Grid3x3, ScanEye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SceneCoverage } from '@agentiad/core/replay/sceneTypes.ts';
import { formatPartOf, formatShare } from '../../i18n/words.ts';
import { askAgain } from '../../state/actions/ask.ts';
import { stepToAskAfter, whyNotAsk } from '../../state/askable.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import './coverage.css';

export function CoverageChip({ coverage }: { readonly coverage: SceneCoverage }) {
  const { store } = useStudio();
  const { t } = useTranslation('compare');
  const isShown = useStudioState((state) => state.isCoverageShown);
  const { share, sharpest } = coverage;
  const scale = formatShare(sharpest, sharpest < 0.1 ? 1 : 0);
  const isWhole = share > 0.9995;
  const seenWords =
    share > 0
      ? t('coverage.seen', { share: formatPartOf(share) })
      : sharpest > 0
        ? t('coverage.reduced', { scale })
        : t('coverage.nothing');
  return (
    <div className="coverage">
      <Tooltip text={share === 0 && sharpest > 0 ? t('coverage.meaningReduced', { scale }) : t('coverage.meaning')}>
        <button
          type="button"
          className="coverage-chip"
          aria-pressed={isShown}
          onClick={() => store.setState({ isCoverageShown: !isShown })}
        >
          <ScanEye size={15} /> {seenWords}
        </button>
      </Tooltip>
      {isShown && <p>{isWhole ? t('coverage.all') : t('coverage.dimmed')}</p>}
      {isShown && !isWhole && <CompleteButton />}
    </div>
  );
}

/** Shows the agent all that it has not seen in full detail, from the step on show on. */
function CompleteButton() {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const turn = useTurn();
  const current = useStudioState((state) => state.current);
  const obstacle = useStudioState(whyNotAsk);
  if (!current || obstacle !== null) return null;
  return (
    <button
      type="button"
      className="link"
      onClick={() => void askAgain(context, { kind: 'sweep', after: stepToAskAfter(current, turn) })}
    >
      <Grid3x3 size={14} /> {t('coverage.complete')}
    </button>
  );
}
