/** The agent and Library match on the same images. */
import { useTranslation } from 'react-i18next';
import type { Auroc, Rate, Triage } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { libraryRates } from '@agentiad/core/validation/libraryLine.ts';
import { ratesAt } from '@agentiad/core/validation/rates.ts';
import { formatDuration, formatScore, formatShare } from '../../i18n/words.ts';
import { meanSeconds } from '../../state/validationFigures.ts';

export function SideBySide(props: {
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
  readonly triage: Triage | null;
  readonly areas: { readonly agent: Auroc | null; readonly library: Auroc | null };
}) {
  const { t } = useTranslation('validation');
  const { cases, thresholds, triage, areas } = props;
  const agent = ratesAt(cases, thresholds, triage);
  const library = libraryRates(cases);
  const rows = ['escape', 'overkill', 'review'] as const;
  return (
    <table className="side-by-side">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">{t('both.figure')}</span>
          </th>
          <th scope="col">{t(triage ? 'both.withFastPath' : 'both.agent')}</th>
          <th scope="col">{t('both.library')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">
            {t('both.auroc')} <span>{t('both.aurocNote')}</span>
          </th>
          <td>{aurocWords(areas.agent)}</td>
          <td>{aurocWords(areas.library)}</td>
        </tr>
        {rows.map((row) => (
          <tr key={row}>
            <th scope="row">
              {t(`both.${row}`)} <span>{t(`both.${row}Note`)}</span>
            </th>
            <td>
              <RateText rate={agent[row]} />
            </td>
            <td>{library ? <RateText rate={library[row]} /> : t('both.notAsked')}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t('both.seconds')}</th>
          <td>{formatDuration(meanSeconds(cases) * 1000)}</td>
          <td>{t('both.within')}</td>
        </tr>
      </tbody>
    </table>
  );

  function aurocWords(area: Auroc | null) {
    if (!area) return t('both.unknown');
    return (
      <>
        <strong>{formatScore(area.value)}</strong>{' '}
        <span>{t('both.interval', { low: formatScore(area.low), high: formatScore(area.high) })}</span>
      </>
    );
  }
}

function RateText({ rate }: { readonly rate: Rate }) {
  const { t } = useTranslation('validation');
  if (rate.rate === null) return <>{t('both.unknown')}</>;
  return (
    <>
      <strong>{formatShare(rate.rate, rate.rate < 0.1 ? 1 : 0)}</strong>{' '}
      <span>
        {t('both.of', { count: rate.count, of: rate.of, low: formatShare(rate.low), high: formatShare(rate.high) })}
      </span>
    </>
  );
}
