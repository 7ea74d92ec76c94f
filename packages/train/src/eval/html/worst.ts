/** Cards of the worst cases: the part with what is true and what was said, and the way to its trace. */
import type { Box } from '@agentiad/core/image/box.ts';
import { isRight } from '@agentiad/core/validation/metrics.ts';
import type { WorstCase } from '../worstCases.ts';
import { share } from './figures.ts';
import type { Markup } from './markup.ts';
import { html } from './markup.ts';

/** `link`: of the trace file, relative to the report. */
export function worstCard({ outcome, trace, truth }: WorstCase, link: string): Markup {
  const { verdict } = trace;
  const said = verdict.regions.filter(({ kind }) => kind === 'defect').map(({ box }) => box);
  return html`<article class="case">
    ${picture(trace, truth, said)}
    <div>
      <h3>${titleOf(outcome)}</h3>
      <p>${truthOf(outcome)}; ${saidOf(outcome)}.</p>
      <p class="muted">
        ${outcome.calls.length} tool
        ${outcome.calls.length === 1 ? 'call' : 'calls'}${failed(outcome.calls.filter(({ ok }) => !ok).length)}${outcome.errors.map((error) => html`. ${error}`)}
      </p>
      <p class="note id">${outcome.id}</p>
      <a href="${link}" download>Trace of this inspection</a>
    </div>
  </article>`;
}

function titleOf(outcome: WorstCase['outcome']): string {
  if (outcome.saysAnomalous === null) return 'No valid answer';
  if (isRight(outcome)) return 'Right, but doubtful';
  return outcome.label === 'anomalous' ? 'Missed defect' : 'False alarm';
}

function truthOf({ label, truthType }: WorstCase['outcome']): string {
  return label === 'normal'
    ? 'A good part'
    : `Defect${truthType === null ? '' : `: ${truthType.replaceAll('_', ' ')}`}`;
}

function saidOf({ saysAnomalous, saidType, score }: WorstCase['outcome']): string {
  if (saysAnomalous === null) return 'nothing readable was said';
  const what = saysAnomalous ? `anomalous${saidType ? ` (${saidType.replaceAll('_', ' ')})` : ''}` : 'normal';
  return `the agent said ${what}, score ${share(score)}`;
}

function failed(count: number): string {
  return count === 0 ? '' : `, ${count} failed`;
}

/** The pixels that the model saw of the whole part, under boxes in the part's own pixels. */
function picture({ verdict, images, assets }: WorstCase['trace'], truth: readonly Box[], said: readonly Box[]): Markup {
  const { width, height } = verdict.image;
  const shown = images.find(({ role }) => role === 'part');
  const asset = shown && assets[shown.asset];
  const rectangle = (className: string) => (box: Box) =>
    html`<rect
      class="${className}"
      x="${box[0]}"
      y="${box[1]}"
      width="${box[2] - box[0]}"
      height="${box[3] - box[1]}"
    />`;
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The part ${verdict.image.name}">
    ${asset ? html`<image href="data:${asset.mime};base64,${asset.base64}" width="${width}" height="${height}" preserveAspectRatio="none" />` : null}
    ${truth.map(rectangle('truth'))}${said.map(rectangle('said'))}
  </svg>`;
}
