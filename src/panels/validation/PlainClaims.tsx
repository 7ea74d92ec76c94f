/** What the counts allow to say, in plain sentences, and what it would take to say more. */
import { useTranslation } from 'react-i18next';
import type { Auroc, Triage } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import { imagesNeeded } from '@agentiad/core/validation/binomial.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { ratesAt, selectiveError } from '@agentiad/core/validation/rates.ts';
import { formatNumber, formatShare } from '../../i18n/words.ts';
import { mostShare } from '../../state/validationFigures.ts';

/** What people ask for first. */
const CLAIM = 0.01;
const LEAST_CERTAIN = 0.2;

export function PlainClaims(props: {
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
  readonly triage: Triage | null;
  readonly areas: { readonly agent: Auroc | null; readonly library: Auroc | null };
}) {
  const { t } = useTranslation('validation');
  const { cases, thresholds, triage, areas } = props;
  const { escape, overkill } = ratesAt(cases, thresholds, triage);
  const selective = selectiveError(cases, LEAST_CERTAIN, (thresholds.t1 + thresholds.t2) / 2);
  const most = (count: number, of: number) => formatShare(mostShare(count, of));
  const share = formatShare(LEAST_CERTAIN);
  return (
    <ul className="claims-plain">
      {areas.agent && areas.library && areas.agent.high < areas.library.value && <li>{t('claims.libraryBetter')}</li>}
      {escape.of > 0 && (
        <li>{t('claims.escape', { count: escape.count, of: escape.of, most: most(escape.count, escape.of) })}</li>
      )}
      {overkill.of > 0 && (
        <li>
          {t('claims.overkill', { count: overkill.count, of: overkill.of, most: most(overkill.count, overkill.of) })}
        </li>
      )}
      <li>
        {t('claims.needed', {
          claim: formatShare(CLAIM),
          count: imagesNeeded(CLAIM),
          parts: formatNumber(imagesNeeded(CLAIM)),
        })}
      </li>
      {selective.all.rate !== null && selective.rest.rate !== null && (
        <li>
          {t(selective.all.count === 0 ? 'claims.noErrors' : selective.ranks ? 'claims.ranks' : 'claims.noRank', {
            share,
            all: formatShare(selective.all.rate),
            rest: formatShare(selective.rest.rate),
          })}
        </li>
      )}
    </ul>
  );
}
