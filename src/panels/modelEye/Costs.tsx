/** What a turn cost: tokens read and written, the picture's share, times and speed. */
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { toolName } from '../../i18n/toolWords.ts';
import { formatDuration, formatNumber } from '../../i18n/words.ts';
import { newImageTokens } from './frame.ts';

export function Costs({
  run,
  step,
  turn,
}: {
  readonly run: RunSoFar;
  readonly step: TraceStep;
  readonly turn: number;
}) {
  const { t } = useTranslation('modelEye');
  const { prefilled, generated } = step.tokens;
  const { prefill, decode, tool } = step.ms;
  const picture = newImageTokens(run, turn);
  if (step.author === 'human') return <p className="eye-note">{t('byYou')}</p>;
  if (step.author === 'library-match') return <p className="eye-note">{t('byMatch')}</p>;
  return (
    <table className="eye-costs">
      <caption className="visually-hidden">{t('costs')}</caption>
      <tbody>
        <tr>
          <th scope="row">{t('read')}</th>
          <td>
            {t('tokens', { count: prefilled })}
            {picture > 0 && <small>{t('ofPicture', { count: picture })}</small>}
          </td>
          <td>{formatDuration(prefill)}</td>
          <td>{speed(prefilled, prefill, t)}</td>
        </tr>
        <tr>
          <th scope="row">{t('written')}</th>
          <td>{t('tokens', { count: generated })}</td>
          <td>{formatDuration(decode)}</td>
          <td>{speed(generated, decode, t)}</td>
        </tr>
        <tr>
          <th scope="row">{t('tool')}</th>
          <td>{step.call ? toolName(step.call.name) : '–'}</td>
          <td>{step.call ? formatDuration(tool) : '–'}</td>
          <td />
        </tr>
      </tbody>
    </table>
  );
}

function speed(tokens: number, ms: number, t: (key: string, values: Record<string, string>) => string): string {
  return ms > 0 && tokens > 0
    ? t('speed', { speed: formatNumber((tokens / ms) * 1000, { maximumSignificantDigits: 3 }) })
    : '–';
}
