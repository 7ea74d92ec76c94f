/** What the agent claims, each with the steps it rests on; a claim that cites nothing it did is marked. */
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Claim, Region } from '@agentiad/core/protocol/verdict.ts';
import { selectClaim, toggleRegion } from '../../state/actions/select.ts';
import { selectedRegion } from '../../state/studioState.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';

export function Claims(props: {
  readonly claims: readonly Claim[];
  readonly steps: readonly TraceStep[];
  readonly regions: readonly Region[];
}) {
  const context = useStudio();
  const turn = useTurn();
  const selected = useStudioState((state) => selectedRegion(state, turn)?.id ?? null);
  const defects = props.regions.filter((region) => region.kind === 'defect');
  if (props.claims.length === 0 && defects.length === 0) return null;
  return (
    <div className="claims">
      {defects.length > 0 && (
        <ul className="regions" aria-label="Marked places">
          {defects.map((region, index) => (
            <li key={region.id}>
              <button
                type="button"
                className="region"
                aria-pressed={region.id === selected}
                title="Show this place"
                onClick={() => toggleRegion(context, region.id)}
              >
                <span className="region-number">{index + 1}</span> {typeWords(region.label ?? 'defect')}
                <span className="region-box">
                  x {region.box[0]}–{region.box[2]}, y {region.box[1]}–{region.box[3]} px
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {props.claims.length > 0 && (
        <ul className="claim-list" aria-label="Reasons">
          {props.claims.map((claim) => (
            <li key={claim.text}>
              {claim.unsupported ? (
                <span>{claim.text}</span>
              ) : (
                <button
                  type="button"
                  className="claim-text"
                  title="Show what this rests on"
                  onClick={() => selectClaim(context, claim)}
                >
                  {claim.text}
                </button>
              )}{' '}
              {claim.unsupported ? (
                <span className="claim-unsupported">unsupported</span>
              ) : (
                claim.evidence.steps.map((id) => {
                  const cited = props.steps.findIndex((step) => step.id === id) + 1;
                  return (
                    <button key={id} type="button" className="claim-step" onClick={() => context.playhead.goTo(cited)}>
                      step {cited}
                    </button>
                  );
                })
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
