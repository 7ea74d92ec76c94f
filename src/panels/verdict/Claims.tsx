/** What the agent claims, word for word, each with the steps and places it rests on; one that rests on nothing is marked. */
import { Link2Off } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Claim, Region } from '@agentiad/core/protocol/verdict.ts';
import { isOriginUnknown } from '@agentiad/core/replay/regionOrigin.ts';
import { hoverRegion, selectClaim, showStep, toggleRegion } from '../../state/actions/select.ts';
import { selectedRegion } from '../../state/studioState.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import './claims.css';

export function Claims(props: {
  readonly claims: readonly Claim[];
  readonly steps: readonly TraceStep[];
  readonly regions: readonly Region[];
}) {
  const { t } = useTranslation('verdict');
  const defects = props.regions.filter((region) => region.kind === 'defect');
  if (props.claims.length === 0 && defects.length === 0) return null;
  return (
    <div className="claims">
      {defects.length > 0 && (
        <ul className="regions" aria-label={t('places')}>
          {defects.map((region, index) => (
            <li key={region.id}>
              <RegionButton region={region} number={index + 1} />
            </li>
          ))}
        </ul>
      )}
      {props.claims.length > 0 && (
        <ol className="claim-list" aria-label={t('reasons')}>
          {props.claims.map((claim, index) => (
            <ClaimItem key={index} claim={claim} steps={props.steps} defects={defects} />
          ))}
        </ol>
      )}
    </div>
  );
}

function RegionButton({ region, number }: { readonly region: Region; readonly number: number }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const turn = useTurn();
  const isSelected = useStudioState((state) => selectedRegion(state, turn)?.id === region.id);
  const [x1, y1, x2, y2] = region.box;
  return (
    <button
      type="button"
      className="region"
      aria-pressed={isSelected}
      title={t('showPlace')}
      onClick={() => toggleRegion(context, region.id)}
      onPointerEnter={() => hoverRegion(context, region.id)}
      onPointerLeave={() => hoverRegion(context, null)}
    >
      <span className="region-number">{number}</span> {typeWords(region.label ?? t('defect'))}
      {region.origin.clamped && <span className="region-clamped">{t('clamped')}</span>}
      {isOriginUnknown(region) && (
        <span className="region-clamped" title={t('originUnknownText')}>
          {t('originUnknown')}
        </span>
      )}
      <span className="region-box">{t('box', { x1, x2, y1, y2 })}</span>
    </button>
  );
}

function ClaimItem(props: {
  readonly claim: Claim;
  readonly steps: readonly TraceStep[];
  readonly defects: readonly Region[];
}) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const { claim, steps, defects } = props;
  if (claim.unsupported)
    return (
      <li className="claim claim-bare">
        <span className="claim-words">{claim.text}</span>
        <span className="claim-unsupported" title={t('unsupportedText')}>
          <Link2Off size={12} /> {t('unsupported')}
        </span>
      </li>
    );
  const [first] = claim.evidence.regions;
  return (
    <li className="claim">
      <button
        type="button"
        className="claim-text"
        title={t('showGrounds')}
        onClick={() => selectClaim(context, claim)}
        onPointerEnter={() => first !== undefined && hoverRegion(context, first)}
        onPointerLeave={() => hoverRegion(context, null)}
      >
        {claim.text}
      </button>
      <span className="claim-evidence">
        {claim.evidence.steps.map((id) => {
          const cited = steps.findIndex((step) => step.id === id) + 1;
          return (
            <button key={id} type="button" className="claim-cite" onClick={() => showStep(context, cited)}>
              {t('step', { number: cited })}
            </button>
          );
        })}
        {claim.evidence.regions.map((id) => {
          const number = defects.findIndex((region) => region.id === id) + 1;
          if (number === 0) return null;
          return (
            <button key={id} type="button" className="claim-cite" onClick={() => toggleRegion(context, id)}>
              {t('place', { number })}
            </button>
          );
        })}
      </span>
    </li>
  );
}
