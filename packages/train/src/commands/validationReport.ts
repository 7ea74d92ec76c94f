/** What `agentiad validate` tells of a validation, in plain words. */
import type { Auroc, Rate, Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { imagesNeeded } from '@agentiad/core/validation/binomial.ts';
import { calibratedCases } from '@agentiad/core/validation/calibrate.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { bestLibraryLine, LIBRARY_LINE, libraryRates } from '@agentiad/core/validation/libraryLine.ts';
import { selectiveError } from '@agentiad/core/validation/rates.ts';
import { DEFAULT_COSTS, suggestThresholds } from '@agentiad/core/validation/suggest.ts';
import { describeClaim } from '@agentiad/core/validation/summarise.ts';

export interface ValidatedImage extends LabelledScore {
  readonly name: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  /** Why the inspection failed; null: it did not. */
  readonly problem: string | null;
}

/** How many of the most surprising images are named. */
const WORST = 3;
/** Share of the images that is sent to review to see whether the score ranks. */
const LEAST_CERTAIN = 0.2;

/** `recipe` carries the validation of `images`. */
export function describeValidation(recipe: Recipe, images: readonly ValidatedImage[]) {
  const validation = recipe.validation!;
  const { calibration, costRatio, escape, overkill, review, auroc, libraryMatchAuroc } = validation;
  const scored = calibratedCases(images, calibration) as readonly ValidatedImage[];
  const suggestion = suggestThresholds(scored, { ...DEFAULT_COSTS, costRatio });
  const selective = selectiveError(scored, LEAST_CERTAIN, (recipe.t1 + recipe.t2) / 2);
  const library = libraryRates(images);
  const libraryBest = bestLibraryLine(images);
  const seconds = images.reduce((sum, image) => sum + image.seconds, 0) / images.length;
  const of = (rate: Rate) => `${rate.count} of ${rate.of}`;
  const lines = [
    `${recipe.name}, version ${recipe.version}: ${validation.n} labelled images, ${validation.good} good and ${validation.bad} bad, ${seconds.toFixed(2)} s each`,
    '',
    row('', 'AUROC (95 %)', 'escape (95 %)', 'overkill (95 %)', 'to review'),
    row('agent', describeAuroc(auroc), describeRate(escape), describeRate(overkill), of(review)),
    row(
      'Library match',
      describeAuroc(libraryMatchAuroc),
      ...(library ? [describeRate(library.escape), describeRate(library.overkill), of(library.review)] : ['', '', '']),
    ),
    ...(auroc && libraryMatchAuroc && libraryMatchAuroc.value > auroc.value
      ? ['Library match alone ranks these images better than the agent.']
      : []),
    ...(library
      ? [
          `Library match at ${LIBRARY_LINE.toFixed(2)}: what differs more than the known-good parts do among themselves.`,
        ]
      : []),
    ...(libraryBest
      ? [
          `Its best threshold on these very images, ${libraryBest.threshold.toFixed(2)}, would let ${of(libraryBest.escape)} escape and stop ${of(libraryBest.overkill)} good parts.`,
        ]
      : []),
    '',
    `Agent at t1 ${recipe.t1.toFixed(2)}, t2 ${recipe.t2.toFixed(2)} on ${calibration ? 'calibrated' : 'raw'} scores.`,
    describeClaim('escape', escape),
    describeClaim('overkill', overkill),
    `To claim an escape rate below 1 %, ${imagesNeeded(0.01)} bad parts without a single escape are needed.`,
    calibration
      ? `Calibration: ${calibration.kind === 'platt' ? 'sigmoid (Platt)' : 'isotonic'}, expected error ${percent(calibration.ece)} on images it was not fitted to.`
      : 'Calibration: none; too few images, or a higher score does not mean a worse part.',
    ...(suggestion
      ? [
          `An escape costing ${costRatio} times an overkill: t1 ${suggestion.t1.toFixed(3)}, t2 ${suggestion.t2.toFixed(3)} would let ${of(suggestion.expected.escape)} escape, stop ${of(suggestion.expected.overkill)} good parts and review ${of(suggestion.expected.review)} (on the images they were chosen on).`,
        ]
      : []),
    selective.ranks
      ? `Sending the 20 % least certain to review leaves ${of(selective.rest)} wrong, of ${of(selective.all)} before.`
      : `The score does not rank: with the 20 % least certain sent to review, ${of(selective.rest)} are still wrong, of ${of(selective.all)} before.`,
    ...describeWorst(scored),
    '',
    validation.status === 'validated'
      ? 'Validated: from now on the thresholds decide.'
      : `Provisional, verdicts stay "review": ${validation.reasons.join('; ')}.`,
  ];
  return {
    text: lines.join('\n'),
    figures: { suggestion, selective, library: library && { threshold: LIBRARY_LINE, ...library }, libraryBest },
  };
}

/** Images of another shape than the known-good parts, which Library match compares with. */
export function describeSizes(images: readonly ValidatedImage[], library: ExemplarSet | null): string[] {
  const sizes = new Map<string, string[]>();
  for (const { name, width, height } of images) {
    const size = `${width}x${height}`;
    sizes.set(size, [...(sizes.get(size) ?? []), name]);
  }
  const good = new Set((library?.exemplars ?? []).map(({ width, height }) => `${width}x${height}`));
  return [...sizes].flatMap(([size, names]) =>
    good.size > 0 && !good.has(size)
      ? [
          `${names.length} images are ${size}, as no known-good part is: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}.`,
        ]
      : [],
  );
}

/** Bad parts with low scores and good ones with high scores: the agent's mistakes, or wrong labels. */
function describeWorst(images: readonly ValidatedImage[]): string[] {
  const failed = images.filter(({ problem }) => problem !== null);
  const surprise = ({ truth, score }: ValidatedImage) => (truth === 'anomalous' ? 1 - score! : score!);
  const worst = images
    .filter((image) => image.score !== null && surprise(image) > 0.5)
    .toSorted((a, b) => surprise(b) - surprise(a))
    .slice(0, WORST);
  return [
    ...failed.slice(0, WORST).map(({ name, problem }) => `Failed: ${name}: ${problem}`),
    ...worst.map(({ name, truth, score }) => `Labelled ${truth}, scored ${score!.toFixed(2)}: ${name}`),
  ];
}

function describeAuroc(auroc: Auroc | null): string {
  return auroc ? `${auroc.value.toFixed(3)} (${auroc.low.toFixed(3)} to ${auroc.high.toFixed(3)})` : 'not known';
}

function describeRate({ count, of, rate, low, high }: Rate): string {
  return rate === null ? 'not known' : `${count} of ${of}: ${percent(rate)} (${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function row(...cells: readonly string[]): string {
  const widths = [14, 24, 34, 34, 0];
  return cells
    .map((cell, index) => cell.padEnd(widths[index]!))
    .join('')
    .trimEnd();
}
