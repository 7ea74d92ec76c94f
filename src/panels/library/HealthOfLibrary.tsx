/** What is odd among the good parts; choosing a finding picks the images it means. */
import { Check, CircleDashed, Copy, EyeOff, Scaling, TriangleAlert } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { pickExemplars } from '../../state/actions/grid.ts';
import { HEALTH_MOST } from '../../state/actions/health.ts';
import { findingsOfLibrary, type Finding } from '../../state/libraryHealth.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';
import { FEW } from './health.ts';

const ICONS: Readonly<Record<Finding['kind'], ReactNode>> = {
  few: <CircleDashed size={15} />,
  suspect: <TriangleAlert size={15} />,
  mixed: <Scaling size={15} />,
  alike: <Copy size={15} />,
  off: <EyeOff size={15} />,
};

/** Small pictures beside a finding. */
const SHOWN = 4;

export function HealthOfLibrary(props: { readonly category: string; readonly exemplars: readonly ExemplarRecord[] }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const { category, exemplars } = props;
  const health = useStudioState((state) => state.health[category] ?? null);
  const findings = useMemo(() => findingsOfLibrary(exemplars, health, FEW), [exemplars, health]);
  const shaOf = useMemo(() => new Map(exemplars.map(({ id, sha256 }) => [id, sha256])), [exemplars]);
  const enabled = exemplars.filter((exemplar) => exemplar.enabled).length;
  return (
    <>
      <h3>{t('healthTitle')}</h3>
      {health?.isRunning && (
        <div className="side-running">
          <p role="status">{t('healthRunning')}</p>
          <progress value={health.done} max={Math.max(1, health.total)} aria-label={t('healthRunning')} />
        </div>
      )}
      {findings.length > 0 && (
        <ul className="findings">
          {findings.map((finding) => (
            <li key={`${finding.kind} ${finding.ids[0]}`}>
              <button
                type="button"
                className={`finding finding-${finding.kind}`}
                onClick={() => pickExemplars(context, finding.ids)}
              >
                <span className="finding-text">
                  {ICONS[finding.kind]}
                  <span>
                    <strong>{t(`finding.${finding.kind}`, { count: finding.ids.length, few: FEW })}</strong>
                    <span className="finding-note">
                      {t(`findingNote.${finding.kind}`, {
                        ratio: formatNumber(finding.ratio ?? 1, { maximumFractionDigits: 1 }),
                      })}
                    </span>
                  </span>
                </span>
                {finding.kind !== 'few' && finding.kind !== 'off' && (
                  <span className="finding-thumbs" aria-hidden="true">
                    {finding.ids.slice(0, SHOWN).map((id) => (
                      <Thumb key={id} sha256={shaOf.get(id) ?? ''} alt="" />
                    ))}
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
      {health !== null && !health.isRunning && findings.every(({ kind }) => kind === 'off') && (
        <p className="side-fine">
          <Check size={15} /> {t('healthFine')}
        </p>
      )}
      {enabled > HEALTH_MOST && <p className="side-hint">{t('healthThinned', { some: HEALTH_MOST, all: enabled })}</p>}
      <p className="side-hint">{t('pickHint')}</p>
    </>
  );
}
