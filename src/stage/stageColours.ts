/** The theme's colours for the canvas, which cannot read CSS variables itself. */
import type { StageColours } from './markNode.ts';

export function readStageColours(): StageColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    accent: colour('--stage-accent'),
    accentText: colour('--stage-badge-text'),
    defect: colour('--stage-defect'),
    place: colour('--stage-place'),
    trail: colour('--stage-trail'),
    failed: colour('--stage-failed'),
    halo: colour('--stage-halo'),
  };
}
