/**
 * Entry of the self-contained replay: reads the data in its own page and shows it with the studio's stage, transport
 * and list of steps. Opens from a disk, asks no network for anything.
 */
import '../theme.css';
import { createRoot } from 'react-dom/client';
import { assert } from '@agentiad/core/support/assert.ts';
import type { ReplayData } from '@agentiad/core/replay/replayFile.ts';
import { changeLanguage, pickLanguage, startI18n } from '../../i18n/index.ts';
import { createPreferences } from '../../state/preferences.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { applyAppearance } from '../appearance.ts';
import { createReplayContext } from './replayContext.ts';
import { ReplayApp } from './ReplayApp.tsx';

const preferences = createPreferences(null);
const element = document.getElementById('replay-data');
const root = document.getElementById('root');
assert(element?.textContent && root, 'the page has no data');
const data = JSON.parse(element.textContent) as ReplayData;
preferences.setState({ language: pickLanguage(data.language, navigator.languages) });
applyAppearance(preferences);
document.title = `${data.trace.verdict.image.name} – AgentIAD`;

async function show(target: HTMLElement): Promise<void> {
  await startI18n('en');
  await changeLanguage(pickLanguage(data.language, navigator.languages));
  createRoot(target).render(
    <StudioReactContext value={createReplayContext(data, preferences)}>
      <ReplayApp />
    </StudioReactContext>,
  );
}
void show(root);
