/** What the colours of the evidence map mean: a fixed scale, the same for every part. */
import type { SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import { MAP_SCALE, rampCss } from './evidenceMap.ts';

export function MapLegend({ kind }: { readonly kind: SceneMap['kind'] }) {
  const { from, to, ticks } = MAP_SCALE[kind];
  return (
    <figure className="map-legend">
      <figcaption>
        {kind === 'ratio' ? 'Difference to the good parts' : 'Rarer than this share of good places'}
      </figcaption>
      <div className="map-legend-ramp" style={{ background: rampCss() }} />
      <div className="map-legend-ticks">
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${((tick - from) / (to - from)) * 100}%` }}>
            {kind === 'ratio' ? `${tick}×` : `${tick} %`}
          </span>
        ))}
      </div>
      {kind === 'ratio' && <p>1× = as far as good parts get from each other</p>}
    </figure>
  );
}
