/** The largest area in which an image reaches the model: less detail is faster. */
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';

/** Areas of squares. */
const CAPS = [1024, 768, 512, 384, 256].map((side) => side * side);

export function DetailField(props: {
  readonly id: string;
  readonly pixelCap: number | null;
  readonly onChange: (pixelCap: number | null) => void;
}) {
  const { t } = useTranslation('recipe');
  const { pixelCap } = props;
  const caps = pixelCap === null || CAPS.includes(pixelCap) ? CAPS : [pixelCap, ...CAPS].sort((a, b) => b - a);
  return (
    <select
      id={props.id}
      value={pixelCap ?? ''}
      onChange={({ currentTarget: { value } }) => props.onChange(value === '' ? null : Number(value))}
    >
      <option value="">{t('detail.own')}</option>
      {caps.map((cap) => (
        <option key={cap} value={cap}>
          {t('detail.cap', {
            megapixels: formatNumber(cap / 1e6, { maximumFractionDigits: 2 }),
            side: formatNumber(Math.round(Math.sqrt(cap)), { useGrouping: false }),
          })}
        </option>
      ))}
    </select>
  );
}
