/** The report's tables. */
import { BASELINES, CONTROLS, NOT_MEASURED } from '../document.ts';
import type { BaselineReport, EvalDocument } from '../document.ts';
import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import type { GroupRates } from '../groups.ts';
import type { Rates } from '@agentiad/core/validation/metrics.ts';
import { countDecisions } from '@agentiad/core/validation/metrics.ts';
import { GOOD, NO_ANSWER } from '../types.ts';
import { intervalBar, interval, share, signed } from './figures.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

const WHAT: Readonly<Record<(typeof BASELINES)[number] | (typeof CONTROLS)[number], string>> = {
  alwaysAnomalous: 'calls every part anomalous',
  textOnly: 'reads the prompt, sees no image',
  noTool: 'a model of the same data that never had tools',
  pixelDiff: 'shift-tolerant difference to the exemplars',
  patchNN: 'Library match alone, no agent',
  toolsDisabled: 'the same model, tools taken away',
  greyCrop: 'every crop shown grey',
  wrongExemplar: 'exemplars of another category',
};

type Row = Partial<Rates> & {
  readonly auroc?: number;
  readonly averagePrecision?: number;
  readonly ci95?: Interval;
  readonly lead?: BaselineReport['lead'];
};

export function rivalsTable(document: EvalDocument): Markup {
  const { baselines, controls } = document;
  const rows = [
    rivalRow(`agent, ${document.mode}`, 'what is evaluated', document, 'agent'),
    ...BASELINES.map((name) => {
      const given = baselines[name];
      if (given === NOT_MEASURED) return unmeasured(name);
      return rivalRow(name, `${WHAT[name]}${thresholdNote(given)}`, given);
    }),
    ...CONTROLS.map((name) => {
      const given = controls === NOT_MEASURED ? NOT_MEASURED : controls[name];
      return given === NOT_MEASURED ? unmeasured(name) : rivalRow(`control: ${name}`, WHAT[name], given);
    }),
  ];
  return scroll(
    html`<table>
      <thead>
        <tr>
          <th>method</th>
          <th colspan="2">balanced accuracy, 95 %</th>
          <th>lead over the agent</th>
          <th>accuracy</th>
          <th>recall</th>
          <th>specificity</th>
          <th>F1</th>
          <th>AUROC</th>
          <th>AP</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

function rivalRow(name: string, what: string, row: Row, className = ''): Markup {
  const { balancedAccuracy = NaN, lead } = row;
  // A normal approximation over few cases reaches beyond what a share can be.
  const ci95 = row.ci95 && ([Math.max(0, row.ci95[0]), Math.min(1, row.ci95[1])] as const);
  return html`<tr class="${className}">
    ${nameCell(name, what)}
    <td class="bars">${intervalBar(balancedAccuracy, ci95 ?? null)}</td>
    <td>${share(balancedAccuracy)}<small>${ci95 ? interval(ci95) : ''}</small></td>
    <td class="muted">
      ${lead ? signed(lead.value) : ''}<small
        >${lead ? `${signed(lead.ci95[0])} to ${signed(lead.ci95[1])}` : ''}</small
      >
    </td>
    <td>${share(row.accuracy)}</td>
    <td>${share(row.recall)}</td>
    <td>${share(row.specificity)}</td>
    <td>${share(row.f1)}</td>
    <td>${share(row.auroc)}</td>
    <td>${share(row.averagePrecision)}</td>
  </tr>`;
}

function nameCell(name: string, what: string): Markup {
  return html`<th class="named">${name}<small>${what}</small></th>`;
}

function unmeasured(name: (typeof BASELINES)[number] | (typeof CONTROLS)[number]): Markup {
  return html`<tr>
    ${nameCell(name, WHAT[name])}
    <td colspan="9" class="muted bars">not measured</td>
  </tr>`;
}

function thresholdNote(given: object): string {
  if (!('thresholds' in given) || !given.thresholds) return '';
  const used = Object.entries(given.thresholds as Record<string, number>).filter(([, n]) => n > 0);
  return `; threshold: ${used.map(([source, n]) => (used.length > 1 ? `${source} (${n})` : source)).join(', ')}`;
}

export function decisionTable({ outcomes }: EvalDocument): Markup {
  const { anomalous, normal, hits, passes, unparsable } = countDecisions(outcomes);
  const cell = (count: number, of: number, right: boolean) => heat(count, of, right);
  return scroll(
    html`<table class="matrix">
      <thead>
        <tr>
          <th>the part is</th>
          <th>said anomalous</th>
          <th>said normal</th>
          <th>no answer</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th>anomalous (${anomalous})</th>
          ${cell(hits, anomalous, true)}${cell(anomalous - hits - unparsable.anomalous, anomalous, false)}${cell(unparsable.anomalous, anomalous, false)}
        </tr>
        <tr>
          <th>good (${normal})</th>
          ${cell(normal - passes - unparsable.normal, normal, false)}${cell(passes, normal, true)}${cell(unparsable.normal, normal, false)}
        </tr>
      </tbody>
    </table>`,
    true,
  );
}

/** A count, the darker the larger its share of the row. */
function heat(count: number, of: number, right: boolean): Markup {
  const strength = of === 0 ? 0 : Math.round((count / of) * 70);
  const colour = right ? '--good' : '--bad';
  const style = `background: color-mix(in srgb, var(${colour}) ${strength}%, transparent)`;
  return html`<td class="${right ? 'right' : ''}" style="${style}">
    ${count === 0 ? html`<span class="muted">·</span>` : count}
  </td>`;
}

export function typeTable({ type }: EvalDocument): Markup {
  const { rows, columns, counts } = type.confusion;
  const heading = (name: string) => (name === GOOD || name === NO_ANSWER ? name : name.replaceAll('_', ' '));
  return scroll(
    html`<table class="matrix">
      <thead>
        <tr>
          <th>true type \\ said</th>
          ${columns.map((name) => html`<th>${heading(name)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row, r) => {
          const own = counts[r]!;
          const total = own.reduce((sum, count) => sum + count, 0);
          return html`<tr>
            <th>${heading(row)} (${total})</th>
            ${own.map((count, c) => heat(count, total, columns[c] === row))}
          </tr>`;
        })}
      </tbody>
    </table>`,
    true,
  );
}

export function groupTable(name: string, groups: Readonly<Record<string, GroupRates>>, document: EvalDocument): Markup {
  const macro = name === 'category' ? document.macro.categories : document.macro.datasets;
  const rows = Object.entries(groups).map(
    ([group, own]) =>
      html`<tr>
        <th>${group}</th>
        <td>${own.n}</td>
        <td>${own.anomalous}</td>
        <td>${share(own.balancedAccuracy)}</td>
        <td>${intervalBar(own.balancedAccuracy, null)}</td>
        <td>${share(own.accuracy)}</td>
        <td>${share(own.recall)}</td>
        <td>${share(own.specificity)}</td>
        <td>${share(own.f1)}</td>
        <td>${share(own.auroc)}</td>
        <td>${own.unparsable === 0 ? html`<span class="muted">0</span>` : own.unparsable}</td>
      </tr>`,
  );
  const total = (label: string, row: { balancedAccuracy: number; accuracy: number; auroc: number }, n: string) =>
    html`<tr class="total">
      <th>${label}</th>
      <td>${n}</td>
      <td></td>
      <td>${share(row.balancedAccuracy)}</td>
      <td>${intervalBar(row.balancedAccuracy, null)}</td>
      <td>${share(row.accuracy)}</td>
      <td></td>
      <td></td>
      <td></td>
      <td>${share(row.auroc)}</td>
      <td></td>
    </tr>`;
  return scroll(
    html`<table>
      <thead>
        <tr>
          <th>${name}</th>
          <th>parts</th>
          <th>anomalous</th>
          <th>balanced accuracy</th>
          <th></th>
          <th>accuracy</th>
          <th>recall</th>
          <th>specificity</th>
          <th>F1</th>
          <th>AUROC</th>
          <th>no answer</th>
        </tr>
      </thead>
      <tbody>
        ${rows}${total('macro: groups alike', macro, '')}${total('micro: parts alike', document, String(document.n))}
      </tbody>
    </table>`,
  );
}

export function mmadTable({ mmad }: EvalDocument): Markup | null {
  if (mmad === NOT_MEASURED) return null;
  const { script, strict } = mmad;
  const groups = Object.keys(strict.perType);
  const line = (dataset: string, way: 'script' | 'strict') => {
    const cells = mmad[way].perDataset[dataset] ?? {};
    return html`<tr>
      <th>${dataset}</th>
      <td>${way === 'script' ? "benchmark's rules" : 'strict'}</td>
      ${groups.map((group) => html`<td>${share(cells[group])}</td>`)}
      <td>${share(mmad[way].overkill[dataset])}</td>
      <td>${share(mmad[way].miss[dataset])}</td>
    </tr>`;
  };
  const total = (way: 'script' | 'strict') =>
    html`<tr class="total">
      <th>mean</th>
      <td>${way === 'script' ? "benchmark's rules" : 'strict'}</td>
      ${groups.map((group) => html`<td>${share(mmad[way].perType[group])}</td>`)}
      <td colspan="2">average ${share(mmad[way].average)}</td>
    </tr>`;
  return html`${scroll(
      html`<table>
        <thead>
          <tr>
            <th>data set</th>
            <th>scored</th>
            ${groups.map((group) => html`<th>${group}</th>`)}
            <th>overkill</th>
            <th>miss</th>
          </tr>
        </thead>
        <tbody>
          ${Object.keys(strict.perDataset).flatMap((dataset) => [line(dataset, 'script'), line(dataset, 'strict')])}${total('script')}${total('strict')}
        </tbody>
      </table>`,
    )}
    <p class="note">
      ${strict.questions} questions,
      ${mmad.replies === 'agent' ? "read off the agent's verdicts (detection and classification only)" : 'put to the model one by one'}.
      Not readable: ${strict.unparsable} strictly, ${script.unparsable} by the benchmark's rules, which dropped
      ${script.dropped}. Strict detection: ${share(strict.detection.macro)} over classes (balanced),
      ${share(strict.detection.micro)} over questions (plain).
    </p>`;
}

export function scroll(table: Markup, isNarrow = false): Markup {
  return html`<div class="scroll ${isNarrow && 'narrow'}">${table}</div>`;
}
