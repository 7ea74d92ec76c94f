/** The theme's colours for the canvas, which cannot read CSS variables itself. */
export interface StageColours {
  readonly accent: string;
  readonly accentText: string;
  readonly defect: string;
  readonly place: string;
  readonly trail: string;
  readonly failed: string;
  /** What a person drew. */
  readonly human: string;
  readonly halo: string;
  /** Lies over what is to recede. */
  readonly veil: string;
}

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
    human: colour('--stage-human'),
    halo: colour('--stage-halo'),
    veil: colour('--stage'),
  };
}
