/** Starts, shows and stops the inspections of a validation. */
import { CircleStop, Play } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { stopValidation, validate } from '../../state/actions/validate.ts';
import { expectedSecondsOf } from '../../state/expectedTime.ts';
import { recipeFor, validatedWith } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { exemplarsOf } from '../../state/studioState.ts';
import {
  holdsFor,
  isCounted,
  missingOf,
  secondsLeft,
  testable,
  type Validating,
  type ValidationSoFar,
} from '../../state/validations.ts';
import { durationWords } from '../../state/words.ts';
import type { LabelledRecord } from '../../storage/schema.ts';

export function RunBar(props: {
  readonly category: string;
  readonly labelled: readonly LabelledRecord[];
  readonly validation: ValidationSoFar | null;
}) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const { category, validation } = props;
  const validating = useStudioState((state) => state.validating);
  const engine = useStudioState((state) => state.engine);
  const recipe = useStudioState((state) => recipeFor(state, category));
  const exemplars = useStudioState((state) => state.exemplars);
  const { usable: labelled, leftOut } = testable(props.labelled, exemplarsOf({ exemplars }, category));
  const now = recipe && validatedWith({ exemplars }, recipe, engine);
  const holds = validation !== null && now !== null && holdsFor(validation.record, now);
  const scored = holds ? validation.outcomes.filter(({ score }) => score !== null) : [];
  const missing = missingOf(labelled, scored).length;
  const foretold = useStudioState((state) => expectedSecondsOf(state, category, null, missing));
  const isBusy = useStudioState((state) => state.inspecting !== null);
  if (validating?.category === category) return <Progress validating={validating} />;
  const isAllIn = labelled.length > 0 && missing === 0;
  const isDone = isAllIn && recipe?.validation?.labelledChanged !== true && isCounted(recipe!, validation!);
  const goesOn = scored.length > 0 && !isAllIn;
  return (
    <div className="run-bar">
      <button
        type="button"
        className={isDone ? 'button' : 'button button-primary'}
        disabled={labelled.length === 0 || engine.state !== 'ready' || isBusy || isDone}
        onClick={() => void validate(context, category)}
      >
        <Play size={15} /> {t(isAllIn && !isDone ? 'run.count' : goesOn ? 'run.goOn' : 'run.begin', { count: missing })}
      </button>
      <p className="validation-note" role="status">
        {sayHowMany()} {leftOut.length > 0 && t('run.leftOut', { count: leftOut.length })}
      </p>
    </div>
  );

  function sayHowMany(): string {
    if (labelled.length === 0) return t('run.none');
    if (engine.state !== 'ready') return t('run.loading');
    if (isDone) return t('run.done', { count: labelled.length });
    if (isAllIn) return t('run.counted');
    const each = typicalSeconds(validation);
    const seconds = each === null ? foretold : each * missing;
    const about = seconds === null ? '' : t('run.about', { time: durationWords(seconds) });
    const stale = validation !== null && !holds ? `${t('run.stale')} ` : '';
    return `${stale}${t('run.missing', { count: missing })} ${about}`.trim();
  }
}

/** Of one part in the last validation. */
function typicalSeconds(validation: ValidationSoFar | null): number | null {
  const times = (validation?.outcomes ?? []).map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return times.length === 0 ? null : times[times.length >> 1]! / 1000;
}

function Progress({ validating }: { readonly validating: Validating }) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const { done, total, name, isStopping } = validating;
  const left = secondsLeft(validating);
  return (
    <div className="run-bar" role="group" aria-label={t('run.progress')}>
      <button type="button" className="button" disabled={isStopping} onClick={() => stopValidation(context)}>
        <CircleStop size={15} /> {t(isStopping ? 'run.stopping' : 'run.stop')}
      </button>
      <progress value={done} max={total} aria-label={t('run.progress')} />
      <p className="validation-note">
        {t('run.at', { done: formatNumber(done), total: formatNumber(total), name })}
        {left !== null && ` · ${t('run.left', { time: durationWords(left) })}`}
      </p>
    </div>
  );
}
