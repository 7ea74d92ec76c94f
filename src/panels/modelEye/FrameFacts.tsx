/** A picture's frame in numbers: size and tokens, the rectangle it shows, and the places named in it, as written. */
import { useTranslation } from 'react-i18next';
import type { TraceAsset, TraceImage } from '@agentiad/core/protocol/trace.ts';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { formatNumber } from '../../i18n/words.ts';
import { enlargement, saidIn, tokenGrid } from './frame.ts';

export function FrameFacts(props: { readonly run: RunSoFar; readonly image: TraceImage; readonly asset: TraceAsset }) {
  const { t } = useTranslation('modelEye');
  const { run, image, asset } = props;
  const grid = tokenGrid(asset, image.tokens);
  const [x1, y1, x2, y2] = image.frame;
  const said = saidIn(run, image);
  const { name, width, height } = image.source;
  return (
    <>
      <dl className="eye-facts">
        <div>
          <dt>{t('received')}</dt>
          <dd>
            {t('receivedText', { width: asset.width, height: asset.height, tokens: image.tokens })}{' '}
            {grid && t('gridText', { columns: grid.columns, rows: grid.rows, cell: grid.cell })}
          </dd>
        </div>
        <div>
          <dt>{t('shows')}</dt>
          <dd>
            {t('showsText', { x1, x2, y1, y2, name, width, height })}{' '}
            {t('scale', { factor: formatNumber(enlargement(image, asset), { maximumFractionDigits: 2 }) })}
          </dd>
        </div>
      </dl>
      {said.length > 0 && (
        <table className="eye-said">
          <caption>{t('saidInFrame')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('step')}</th>
              <th scope="col">{t('asWritten')}</th>
              <th scope="col">{t('inSource')}</th>
            </tr>
          </thead>
          <tbody>
            {said.map((place) => (
              <tr key={place.id}>
                <td>{place.id}</td>
                <td>
                  <code>{place.raw}</code>
                </td>
                <td>
                  {place.pixels ? <code>[{place.pixels.join(', ')}]</code> : t('noBox')}
                  {place.clamped && <span className="eye-clamped">{t('clamped')}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
