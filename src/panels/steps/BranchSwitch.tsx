/** The inspection itself, or one of the questions asked of it: which of them the stage shows. */
import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { useTranslation } from 'react-i18next';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { openBranch, showBranch } from '../../state/actions/branches.ts';
import { useStudio } from '../../state/useStudio.ts';

const TRUNK = 'trunk';

export function BranchSwitch({ trace, shown }: { readonly trace: Trace; readonly shown: string | null }) {
  const context = useStudio();
  const { t } = useTranslation('steps');
  const branches = trace.branches ?? [];
  if (branches.length === 0) return null;
  const choose = (value: string) => {
    // Radix gives an empty value when the chosen one is pressed again.
    if (value === TRUNK) showBranch(context, null);
    else if (value !== '') openBranch(context, value);
  };
  return (
    <ToggleGroup.Root
      type="single"
      className="branch-switch"
      aria-label={t('branches')}
      value={shown ?? TRUNK}
      onValueChange={choose}
    >
      <ToggleGroup.Item value={TRUNK}>{t('trunk')}</ToggleGroup.Item>
      {branches.map((branch, index) => (
        <ToggleGroup.Item key={branch.id} value={branch.id}>
          {index + 1}. {t(`branch.${branch.kind}`)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
