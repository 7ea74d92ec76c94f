/** The page of a self-contained replay: stage and transport, verdict and steps; said to be a replay at the top. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Steps } from '../../panels/steps/Steps.tsx';
import { Transport } from '../../panels/transport/Transport.tsx';
import { Stage } from '../../stage/Stage.tsx';
import { useStudio } from '../../state/useStudio.ts';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { IS_MAC } from '../keyboard/Keyboard.tsx';
import { listenToKeys } from '../keyboard/keyboard.ts';
import { ACTIONS } from '../keyboard/registry.ts';
import { LiveRegion } from '../LiveRegion.tsx';
import { ReplayVerdict } from './ReplayVerdict.tsx';
import './replayFile.css';

const KEYS = ACTIONS.filter(({ group }) => group === 'steps' || group === 'view' || group === 'compare');

export function ReplayApp() {
  const context = useStudio();
  const { t } = useTranslation('replayFile');
  useEffect(() => {
    const host = { target: window, now: () => performance.now(), isMac: IS_MAC };
    return listenToKeys({ host, context, actions: KEYS, scopes: () => ['workbench'] });
  }, [context]);
  const verdict = context.store.getState().current?.trace?.verdict;
  if (!verdict) return null;
  return (
    <TooltipProvider delayDuration={500}>
      <div className="replay-file">
        <header className="replay-file-head">
          <h1>{verdict.image.name}</h1>
          <p>{t('replay')}</p>
          {verdict.isSimulated && <p className="replay-file-simulated">{t('simulated')}</p>}
        </header>
        <main className="replay-file-main">
          <div className="replay-file-stage">
            <Stage />
            <Transport canSave={false} />
          </div>
          <aside className="replay-file-side">
            <ReplayVerdict />
            <Steps />
          </aside>
        </main>
        <LiveRegion />
      </div>
    </TooltipProvider>
  );
}
