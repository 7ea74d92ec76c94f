/** What the agent claims, each with the steps it rests on; a claim that cites nothing it did is marked. */
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Claim, Region } from '@agentiad/core/protocol/verdict.ts';
import { useStudio } from '../../state/useStudio.ts';

export function Claims(props: {
  readonly claims: readonly Claim[];
  readonly steps: readonly TraceStep[];
  readonly regions: readonly Region[];
}) {
  const { playhead } = useStudio();
  const defects = props.regions.filter((region) => region.kind === 'defect');
  if (props.claims.length === 0 && defects.length === 0) return null;
  return (
    <div className="claims">
      {defects.length > 0 && (
        <ul className="regions" aria-label="Marked places">
          {defects.map((region, index) => (
            <li key={region.id}>
              <span className="region-number">{index + 1}</span> {region.label ?? 'defect'}
              <span className="region-box">
                x {region.box[0]}–{region.box[2]}, y {region.box[1]}–{region.box[3]} px
              </span>
            </li>
          ))}
        </ul>
      )}
      {props.claims.length > 0 && (
        <ul className="claim-list" aria-label="Reasons">
          {props.claims.map((claim) => (
            <li key={claim.text}>
              <span>{claim.text}</span>{' '}
              {claim.unsupported ? (
                <span className="claim-unsupported">unsupported</span>
              ) : (
                claim.evidence.steps.map((id) => {
                  const turn = props.steps.findIndex((step) => step.id === id) + 1;
                  return (
                    <button key={id} type="button" className="claim-step" onClick={() => playhead.goTo(turn)}>
                      step {turn}
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
