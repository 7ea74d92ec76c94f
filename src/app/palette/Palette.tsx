/** The command palette: type a few letters of what you want to do, or of a part inspected before. */
import * as Dialog from '@radix-ui/react-dialog';
import { Command } from 'cmdk';
import { useTranslation } from 'react-i18next';
import { openRun } from '../../state/actions/traces.ts';
import type { StudioContext } from '../../state/context.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { GROUPS, type PressAction } from '../keyboard/action.ts';
import { ACTIONS } from '../keyboard/registry.ts';
import { KeysOf } from '../keyboard/ShortcutSheet.tsx';
import './palette.css';

const RUNS = 20;

export function Palette() {
  const context = useStudio();
  const { t } = useTranslation('palette');
  const history = useStudioState((state) => state.history);
  const close = () => context.store.setState({ drawer: null });
  const choose = (run: (context: StudioContext) => void) => {
    close();
    run(context);
  };
  const actions = offered(context);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="drawer-overlay" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">{t('title')}</Dialog.Title>
          <Command label={t('title')} loop>
            <Command.Input placeholder={t('placeholder')} />
            <Command.List label={t('results')}>
              <Command.Empty>{t('nothing')}</Command.Empty>
              {GROUPS.map((group) => {
                const inGroup = actions.filter((action) => action.group === group);
                if (inGroup.length === 0) return null;
                return (
                  <Command.Group key={group} heading={t(`keyboard:group.${group}`)}>
                    {inGroup.map((action) => (
                      <Command.Item
                        key={action.id}
                        value={action.id}
                        keywords={[t(`keyboard:action.${action.id}`)]}
                        onSelect={() => choose(action.run)}
                      >
                        <span>{t(`keyboard:action.${action.id}`)}</span>
                        <KeysOf action={action} />
                      </Command.Item>
                    ))}
                  </Command.Group>
                );
              })}
              {history.length > 0 && (
                <Command.Group heading={t('runs')}>
                  {history.slice(0, RUNS).map((run) => (
                    <Command.Item
                      key={run.id}
                      value={run.id}
                      keywords={[run.name, run.category ?? '', run.summary]}
                      onSelect={() => choose((studio) => void openRun(studio, run.id))}
                    >
                      <span>{run.name}</span>
                      <span className="palette-note">{run.summary}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What can be done now, were the palette not there. */
function offered(context: StudioContext): readonly PressAction[] {
  const hasStage = context.store.getState().current !== null;
  return ACTIONS.filter((action): action is PressAction => {
    if (!('run' in action) || action.isKeyOnly || action.id === 'palette') return false;
    if (action.scope === 'workbench' && !hasStage) return false;
    return action.isPossible?.(context) ?? true;
  });
}
