/** The evaluation report as one page: no script, nothing loaded from elsewhere. Its first line is the headline. */
import type { EvalDocument } from '../document.ts';
import { NOT_MEASURED } from '../document.ts';
import type { WorstCase } from '../worstCases.ts';
import { precisionRecallChart, reliabilityChart, rocChart } from './curves.ts';
import { interval, percent, share } from './figures.ts';
import type { Markup } from './markup.ts';
import { html, raw } from './markup.ts';
import { STYLE } from './style.ts';
import { decisionTable, groupTable, mmadTable, rivalsTable, scroll, typeTable } from './tables.ts';
import { worstCard } from './worst.ts';

export interface LinkedCase {
  readonly worst: WorstCase;
  /** Of the trace file, relative to the report. */
  readonly link: string;
}

/** `command` makes the report again. */
export function renderHtmlReport(document: EvalDocument, worst: readonly LinkedCase[], command: string): string {
  const { data, model, mode, n } = document;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Evaluation: ${model.id} on ${shortName(data.path)}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>
          ${headline(document)}
          <h1>${model.id} on ${shortName(data.path)}</h1>
          <p class="facts">
            mode ${mode} · ${n} parts · up to ${document.exemplars} known-good parts each · ${model.adapter} ·
            ${document.created.slice(0, 10)}
          </p>
          ${numbers(document)}
          ${section('Against baselines and controls', 'A baseline does without the agent; a control takes away or falsifies what it relies on. The dashed line is chance.', rivalsTable(document))}
          ${section('Curves', 'All thresholds at once. A case without an answer ranks as the worst guess.', curves(document))}
          ${section('What it says', null, answers(document))}
          ${section('By category', 'Macro weighs groups alike, micro weighs parts alike.', groupTable('category', document.perCategory, document))}
          ${Object.keys(document.perDataset).length > 1 && section('By data set', null, groupTable('data set', document.perDataset, document))}
          ${section('Tools and boxes', null, toolsAndBoxes(document))} ${mmadSection(document)}
          ${worst.length > 0 && section('Worst cases', null, worstCases(worst))}
          ${section('How this was measured', null, method(document, command))}
        </main>
      </body>
    </html> `;
  return page.markup;
}

/** `deeppcb:/long/way/to/manifest.jsonl` -> `deeppcb:manifest.jsonl`; the whole path stands at the end of the page. */
function shortName(data: string): string {
  return data.replace(/[^:]*[\\/](?=[^\\/]+$)/, '');
}

function section(title: string, note: string | null, body: Markup): Markup {
  return html`<section>
    <h2>${title}</h2>
    ${note !== null && html`<p class="note">${note}</p>`}${body}
  </section>`;
}

function headline(document: EvalDocument): Markup {
  const standing = standingOf(document);
  const sign = { beaten: '✗', doubtful: '!', ahead: '✓' }[standing];
  return html`<p class="headline ${standing}"><b aria-hidden="true">${sign}</b><span>${document.headline}</span></p>`;
}

/** Ahead only when every baseline was measured and stays behind in each way, by more than chance. */
function standingOf({ baselines, balancedAccuracy, auroc }: EvalDocument): 'beaten' | 'doubtful' | 'ahead' {
  const all = Object.values(baselines);
  const measured = all.filter((baseline) => baseline !== NOT_MEASURED);
  if (measured.some((baseline) => baseline.balancedAccuracy > balancedAccuracy)) return 'beaten';
  const isClose = measured.some(
    (baseline) => 'lead' in baseline && (baseline.auroc >= auroc || !(baseline.lead.ci95[1] < 0)),
  );
  return isClose || measured.length < all.length ? 'doubtful' : 'ahead';
}

function numbers(document: EvalDocument): Markup {
  const { intervals, unparsable, n, f1Max } = document;
  const figure = (name: string, value: string, small: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}<small>${small}</small></dd>
    </div>`;
  return html`<dl class="numbers">
    ${figure('Balanced accuracy', share(document.balancedAccuracy), interval(intervals.balancedAccuracy))}
    ${figure('AUROC', share(document.auroc), interval(intervals.auroc))}
    ${figure('F1', share(document.f1), `best on these very parts ${share(f1Max.value)}`)}
    ${figure('Defects found', percent(document.recall), `escape rate ${percent(1 - document.recall)}`)}
    ${figure('Good parts passed', percent(document.specificity), `overkill ${percent(1 - document.specificity)}`)}
    ${figure('Answers readable', `${n - unparsable}`, `of ${n}; the rest count as wrong`)}
  </dl>`;
}

function curves(document: EvalDocument): Markup {
  const figure = (svg: string, caption = '') =>
    html`<figure>${raw(svg)}${caption !== '' && html`<figcaption>${caption}</figcaption>`}</figure>`;
  const counts = document.reliability.map(({ n }) => n).join(', ');
  return html`<div class="grid">
    ${figure(rocChart(document))}${figure(precisionRecallChart(document))}
    ${figure(reliabilityChart(document), `Parts per tenth of the score: ${counts}.`)}
  </div>`;
}

function answers(document: EvalDocument): Markup {
  const { type } = document;
  return html`<h3>Decisions</h3>
    ${decisionTable(document)}
    <h3>Types of defect</h3>
    <p class="note">
      Right type on ${percent(type.accuracy)} of the anomalous parts (${percent(type.macroAccuracy)} with types weighed
      alike). Outlined: right.
    </p>
    ${typeTable(document)}`;
}

function toolsAndBoxes(document: EvalDocument): Markup {
  const { tools, box, pixels, controls } = document;
  const toolsOff = controls === NOT_MEASURED ? NOT_MEASURED : controls.toolsDisabled;
  const row = (name: string, value: string) =>
    html`<tr>
      <th>${name}</th>
      <td>${value}</td>
    </tr>`;
  const boxRow = (name: string, { n, hit50, meanIoU }: { n: number; hit50: number; meanIoU: number }) =>
    html`<tr>
      <th>${name}</th>
      <td>${n}</td>
      <td>${share(hit50)}</td>
      <td>${share(meanIoU)}</td>
    </tr>`;
  const perTool = Object.entries(tools.perTool).map(([name, { calls, validity }]) =>
    row(`${name}: calls`, `${calls}, ${percent(validity)} valid`),
  );
  return html`<div class="two">
    ${scroll(
      html`<table>
        <thead>
          <tr>
            <th>tools</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${row('Valid calls', percent(tools.validity))}${row('Calls per part', tools.callsPerImage.toFixed(2))}
          ${row('Parts with a crop', percent(tools.cropRate))}${row('Parts with an exemplar asked for', percent(tools.queryRate))}
          ${row('Parts compared by Library match', percent(tools.differenceRate))}${perTool}
          ${row('Balanced accuracy with tools off', toolsOff === NOT_MEASURED ? NOT_MEASURED : share(toolsOff.balancedAccuracy))}
        </tbody>
      </table>`,
    )}
    <div>
      ${scroll(
        html`<table>
          <thead>
            <tr>
              <th>boxes</th>
              <th>parts</th>
              <th>hit@0.5</th>
              <th>mean IoU</th>
            </tr>
          </thead>
          <tbody>
            ${boxRow('Best defect region', box)}${boxRow('All regions, as areas', box.union)}${boxRow('Best crop asked for', box.crop)}
          </tbody>
        </table>`,
      )}
      <p class="note">
        Against the true boxes, without padding. Pixels:
        ${
          pixels === NOT_MEASURED
            ? 'not measured (no masks, or no map of the whole part)'
            : `AUROC ${share(pixels.auroc)}, AUPRO ${share(pixels.aupro)} over ${pixels.regions} regions in ${pixels.n} maps of Library match`
        }.
      </p>
    </div>
  </div>`;
}

function mmadSection(document: EvalDocument): Markup | false {
  const table = mmadTable(document);
  return (
    table !== null &&
    section(
      'MMAD',
      'Detection is balanced. The benchmark’s rules guess at what they cannot read and drop the rest; strictly, that is wrong.',
      table,
    )
  );
}

function worstCases(worst: readonly LinkedCase[]): Markup {
  return html`<p class="note">
      <span class="key true"></span>true defect &ensp; <span class="key"></span>what the agent marked. Drop a trace on
      the studio to watch the whole inspection, step by step.
    </p>
    <div class="grid">${worst.map(({ worst: one, link }) => worstCard(one, link))}</div>`;
}

function method(document: EvalDocument, command: string): Markup {
  const { data, model, timing, f1AtValidation, brier } = document;
  const rows: [string, string | Markup][] = [
    ['Command', html`<code>${command}</code>`],
    ['Data', `${data.path}, split ${data.split}, seed ${data.seed}${data.sha256 ? `, SHA-256 ${data.sha256}` : ''}`],
    ['Model', `${model.id}, SHA-256 ${model.sha256}`],
    [
      'Ran on',
      `${model.backend}: ${model.adapter}; median ${(timing.medianMs / 1000).toFixed(2)} s and ${timing.gflopPerInspection.toFixed(2)} GFLOP of the model per part`,
    ],
    ['Intervals', '95 %, percentile bootstrap over parts within each label, 1000 rounds; differences are paired'],
    ['Unreadable answers', 'count as wrong for good and anomalous parts alike'],
    [
      'F1 at a validation threshold',
      f1AtValidation === NOT_MEASURED
        ? 'not measured'
        : `${share(f1AtValidation.value)} at ${share(f1AtValidation.threshold)}, from ${f1AtValidation.from}`,
    ],
    ['Brier score', share(brier)],
  ];
  return html`<dl class="method">
    ${rows.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}
