/** `report.html` of a run: its curves, its settings and what it ran on, in one file without scripts or links. */
import { readFile } from 'node:fs/promises';
import { lineChart } from './chart.ts';
import { curvesOf } from './curves.ts';
import { replaceFile } from './durable.ts';
import type { MetricsRecord } from './metrics.ts';
import { parseMetrics } from './metrics.ts';
import type { RunRecord } from './record.ts';

/** Writes `file` from the metrics in `metricsFile`. */
export async function writeReport(file: string, record: RunRecord, metricsFile: string): Promise<void> {
  const records = parseMetrics(await readFile(metricsFile, 'utf8'));
  await replaceFile(file, Buffer.from(renderReport(record, records)));
}

export function renderReport(record: RunRecord, records: readonly MetricsRecord[]): string {
  const name = `${record.command} ${(record.config as { name?: string }).name ?? ''}`.trim();
  const charts = curvesOf(records).map((group) => `<figure>${lineChart(group)}</figure>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(name)}: training run</title>
<style>${STYLE}</style>
<h1>${escape(name)}</h1>
<p>${escape(summary(record, records))}</p>
${charts.length > 0 ? `<main>${charts.join('\n')}</main>` : '<p>No step was finished yet.</p>'}
<h2>Where and with what</h2>
${table(circumstancesRows(record))}
<h2>Configuration</h2>
<pre>${escape(JSON.stringify(record.config, null, 2))}</pre>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 1340px; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 600px), 1fr)); gap: 1rem; }
figure { margin: 0; border: 1px solid #8884; border-radius: 6px; padding: .5rem; }
figure svg { width: 100%; height: auto; }
table { border-collapse: collapse; } td { padding: .1rem 1rem .1rem 0; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
pre { overflow-x: auto; border: 1px solid #8884; border-radius: 6px; padding: 1rem; }
`;

function summary(record: RunRecord, records: readonly MetricsRecord[]): string {
  const steps = records.at(-1)?.step ?? 0;
  const parts = [
    `${records.length} lines of metrics, up to step ${steps}`,
    `started ${record.started.at}`,
    record.resumed.length > 0 ? `resumed ${record.resumed.map(({ step }) => `at step ${step}`).join(', ')}` : null,
  ];
  return `${parts.filter((part) => part !== null).join('; ')}.`;
}

function circumstancesRows(record: RunRecord): [string, string][] {
  const { started } = record;
  const git = started.git ? `${started.git.commit}${started.git.hasChanges ? ' with changes' : ''}` : 'none';
  return [
    ['Device', started.device ?? 'not stated'],
    ['Commit', git],
    ['Configuration, SHA-256', record.configSha256],
    ['Trained positions, SHA-256', record.maskSha256 ?? 'not stated'],
    ...Object.entries(record.data ?? {}).map(([name, sha256]): [string, string] => [`Data: ${name}`, sha256]),
    [
      'Versions',
      Object.entries(started.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(([name, value]) => `<tr><td>${escape(name)}</td><td>${escape(value)}</td></tr>`);
  return `<table>${cells.join('\n')}</table>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
