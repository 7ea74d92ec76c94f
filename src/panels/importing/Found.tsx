/** What the folder is, what would be taken of it and what not, and why; nothing is taken before it is confirmed. */
import type { ImportGroup } from '@agentiad/core/layouts/importPlan.ts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { cancelImport, chooseForImport, findingsOf, takeImport, takenPaths } from '../../state/actions/importing.ts';
import type { Findings, ImportChoices, ImportState } from '../../state/importState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { FileList } from './FileList.tsx';
import { LeftOut } from './LeftOut.tsx';
import { Refused } from './Refused.tsx';
import { Targets } from './Targets.tsx';

type Ready = Extract<ImportState, { stage: 'ready' }>;

export function Found({ ready }: { readonly ready: Ready }) {
  const context = useStudio();
  const { t } = useTranslation('importing');
  const exemplars = useStudioState((state) => state.exemplars);
  // The exemplars decide what is a copy.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const findings = useMemo(() => findingsOf(context, ready), [context, ready, exemplars]);
  const taken = useMemo(() => takenPaths(ready, findings), [ready, findings]);
  const { plan, choices } = ready;
  const choose = (change: Partial<ImportChoices>) => void chooseForImport(context, { ...choices, ...change });
  const good = taken.filter(({ truth }) => truth === null);
  return (
    <section className="importing" aria-label={t(`layout.${plan.layout ?? 'flat'}`)}>
      <div className="importing-page">
        <h3>{plan.layout === null ? t('nothing') : t(`layout.${plan.layout}`)}</h3>
        <Targets plan={plan} choices={choices} onChoose={choose} />
        {good.length > 0 && (
          <div className="importing-group">
            <FileList
              title={
                <>
                  <strong>{t('good', { count: good.length })}</strong> <span>{t('goodNote')}</span>
                </>
              }
              files={good}
            />
            <Outliers findings={findings} choices={choices} onChoose={choose} />
          </div>
        )}
        <Labelled groups={plan.groups} findings={findings} choices={choices} onChoose={choose} />
        <Refused refused={findings.refused} />
        <LeftOut plan={plan} />
      </div>
      <footer className="importing-foot">
        <button type="button" className="button" onClick={() => cancelImport(context)}>
          {t('cancel')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={taken.length === 0}
          onClick={() => void takeImport(context)}
        >
          {taken.length === 0 ? t('takeNothing') : t('take', { count: taken.length })}
        </button>
      </footer>
    </section>
  );
}

interface ChoiceProps {
  readonly findings: Findings;
  readonly choices: ImportChoices;
  readonly onChoose: (change: Partial<ImportChoices>) => void;
}

function Outliers({ findings: { outliers }, choices, onChoose }: ChoiceProps) {
  const { t } = useTranslation('importing');
  if (outliers.size === 0) return null;
  return (
    <>
      <FileList
        tone="warn"
        title={t('outliers', { count: outliers.size })}
        files={[...outliers].map((path) => ({ path }))}
      />
      <label className="importing-check">
        <input
          type="checkbox"
          checked={choices.takesOutliers}
          onChange={(event) => onChoose({ takesOutliers: event.currentTarget.checked })}
        />
        {t('takeOutliers')}
      </label>
    </>
  );
}

function Labelled({ groups, findings, choices, onChoose }: ChoiceProps & { readonly groups: readonly ImportGroup[] }) {
  const { t } = useTranslation('importing');
  const files = groups.flatMap((group) =>
    group.role === 'labelled'
      ? group.paths
          .filter((path) => !findings.refused.has(path))
          .map((path) => ({ path, truth: group.truth, note: group.type ?? t(`label.${group.truth}`) }))
      : [],
  );
  if (files.length === 0) return null;
  const normal = files.filter(({ truth }) => truth === 'normal').length;
  return (
    <div className="importing-group">
      <label className="importing-check">
        <input
          type="checkbox"
          checked={choices.takesLabelled}
          onChange={(event) => onChoose({ takesLabelled: event.currentTarget.checked })}
        />
        <strong>{t('labelled', { count: files.length })}</strong>
      </label>
      <FileList title={t('labelledNote', { normal, anomalous: files.length - normal })} files={files} />
    </div>
  );
}
