/** What a tool's outcome becomes in the trace: the text the model reads, and the numbers the verdict is made of. */
import type { Box } from '../image/box.ts';
import type { TraceStep } from '../protocol/trace.ts';
import type { LibraryMatchSummary } from '../protocol/verdict.ts';
import { placeToPart } from '../tools/differenceTool.ts';
import type { ToolOutcome } from '../tools/tool.ts';
import { errorObservation } from './prompt.ts';

export type Observation = NonNullable<TraceStep['observation']>;

/** `image`: index of the conversation image that the outcome added, or null. */
export function toObservation(outcome: ToolOutcome, image: number | null): Observation {
  const { text, boxes, difference, exemplar } = outcome;
  return {
    text,
    isError: false,
    image,
    boxes,
    map: difference ? toMap(difference) : null,
    ...(difference && { match: toSummary(difference) }),
    ...(exemplar && { exemplar }),
  };
}

export function failedObservation(message: string): Observation {
  return { text: errorObservation(message), isError: true, image: null, boxes: [], map: null };
}

type Difference = NonNullable<ToolOutcome['difference']>;

function toMap({ result, view }: Difference): NonNullable<Observation['map']> {
  const { rows, columns, values, kind } = result.map;
  return {
    rows,
    columns,
    values: Array.from(values, (value) => Number(value.toFixed(3))),
    kind,
    box: view,
    ...(result.peak && { peak: pointToPart(result.peak, view) }),
  };
}

/** A point of the compared view in pixels of the part, to the hundredth. */
function pointToPart([x, y]: readonly [number, number], [left, top, right, bottom]: Box): [number, number] {
  return [Number((left + x * (right - left)).toFixed(2)), Number((top + y * (bottom - top)).toFixed(2))];
}

function toSummary({
  result,
  view,
}: {
  readonly result: Difference['result'];
  readonly view: Box;
}): LibraryMatchSummary {
  const size = { width: view[2] - view[0], height: view[3] - view[1] };
  const { score, percentile, calibrated, exemplarCount, places } = result;
  const regions = places.map((place) => ({
    box: placeToPart(place.box, size, view),
    ratio: place.ratio,
    percentile: place.percentile,
  }));
  return { view, score, percentile, calibrated, exemplarCount, regions };
}
