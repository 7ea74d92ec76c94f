/** Linear warm-up over `warmup` of all steps, then a cosine to `floor` times the peak (agent-spec §5.1). */
export function cosineSchedule(options: {
  readonly peak: number;
  readonly steps: number;
  readonly warmup: number;
  readonly floor: number;
}): (step: number) => number {
  const { peak, steps, floor } = options;
  const warmupSteps = Math.max(1, Math.round(options.warmup * steps));
  return (step) => {
    if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
    return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
  };
}
