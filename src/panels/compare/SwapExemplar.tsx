/** Asking the agent again with another good part, and whether its answer holds. */
import * as Popover from '@radix-ui/react-popover';
import { RefreshCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatScore } from '../../i18n/words.ts';
import { swapExemplar } from '../../state/actions/ask.ts';
import { showBranch } from '../../state/actions/branches.ts';
import { whyNotAsk } from '../../state/askable.ts';
import type { ExemplarChoice } from '../../state/compareState.ts';
import type { Current } from '../../state/studioState.ts';
import { swapOutcome, turnToSwap, type Said } from '../../state/swaps.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';

/** Inside the popover that says why a good part was chosen: the button closes it. */
export function SwapExemplar({ choice, current }: { readonly choice: ExemplarChoice; readonly current: Current }) {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const turn = useTurn();
  const obstacle = useStudioState(whyNotAsk);
  const { libraryId } = choice;
  const why = libraryId === null ? t('swap.needsLibrary') : obstacle && t(`questions:why.${obstacle}`);
  return (
    <div className="swap">
      <Popover.Close asChild>
        <button
          type="button"
          className="button"
          disabled={why !== null}
          onClick={() => libraryId !== null && void swapExemplar(context, turnToSwap(current, turn), libraryId)}
        >
          <RefreshCw size={15} /> {t('swap.ask')}
        </button>
      </Popover.Close>
      <p>{why ?? t(choice.fetched.length > 0 ? 'swap.same' : 'swap.meaning')}</p>
    </div>
  );
}

/** What came of it; null as long as it was not asked. */
export function SwapResult({ choice, current }: { readonly choice: ExemplarChoice; readonly current: Current }) {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const outcome = swapOutcome(current.trace, choice.sha256);
  if (!outcome || current.activity !== 'open') return null;
  const { before, after, holds, branch } = outcome;
  const isShown = current.branch === branch;
  const words = ({ answer, score }: Said) =>
    t(answer.anomaly_present ? 'swap.defect' : 'swap.normal', {
      score: score === null ? '–' : formatScore(score),
    });
  return (
    <p className="compare-mapping swap-result">
      <strong>{t(holds === null ? 'swap.unfinished' : holds ? 'swap.holds' : 'swap.flips')}</strong>
      {after && t('swap.beforeAfter', { before: words(before), after: words(after) })}{' '}
      <button type="button" className="link" onClick={() => showBranch(context, isShown ? null : branch)}>
        {t(isShown ? 'swap.back' : 'swap.show')}
      </button>
    </p>
  );
}
