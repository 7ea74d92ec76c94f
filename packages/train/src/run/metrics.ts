/** `metrics.jsonl`: one JSON object a line, a line a step. */

/** `step` counts from 1. Numbers become curves of the report; texts (such as `phase`) are kept. */
export interface MetricsRecord {
  readonly step: number;
  readonly [name: string]: number | string | boolean | null | undefined;
}

/** JSON has no NaN and no infinities: they are null in the file. */
export function encodeMetrics(record: MetricsRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Records of a metrics file; a last line without its end (an interrupted write) does not count. */
export function parseMetrics(text: string): MetricsRecord[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as MetricsRecord);
}
