/** A finished inspection: what the model says and what was decided side by side, then the grounds, then the decision. */
import { Download, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { showBranch } from '../../state/actions/branches.ts';
import { filing } from '../../state/actions/fileAsGood.ts';
import { exportTrace, exportVerdict } from '../../state/actions/traces.ts';
import type { Current } from '../../state/studioState.ts';
import { reasonWords } from '../../state/reason.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';
import { labelWord } from '../../state/words.ts';
import { ResumeOffer } from '../questions/ResumeOffer.tsx';
import { Claims } from './Claims.tsx';
import { Decision } from './Decision.tsx';
import { Facts } from './Facts.tsx';
import { LabelChip, type Tone } from './LabelChip.tsx';
import { LibraryMatchNumber, NumbersNote, ScoreNumber } from './Numbers.tsx';
import { ThresholdsSection } from './Thresholds.tsx';
import { uncertainties, type Uncertainty } from './uncertainty.ts';

const DECISION_TONES = { good: 'normal', defect: 'anomalous', unsure: 'review' } as const;

export function Finished({ current, verdict }: { readonly current: Current; readonly verdict: Verdict }) {
  const context = useStudio();
  const { t } = useTranslation('verdict');
  const turn = useTurn();
  const decision = useStudioState((state) => state.decisions[current.runId]);
  const isFiled = useStudioState((state) => filing(state) === 'filed');
  const [lead, says] = reasonWords(verdict.verdict.reason);
  const isAhead = turn < current.run.steps.length;
  return (
    <section className="verdict" aria-label={t('title')}>
      <header className="verdict-sides">
        <div role="group" aria-labelledby="verdict-model">
          <h3 id="verdict-model">{t('model')}</h3>
          <LabelChip {...labelOf(verdict, t)} />
        </div>
        <div role="group" aria-labelledby="verdict-human">
          <h3 id="verdict-human">{t('you')}</h3>
          {decision ? (
            <LabelChip tone={DECISION_TONES[decision.decision]} text={t(`decided.${decision.decision}`)} />
          ) : (
            <LabelChip tone="open" text={t('undecided')} />
          )}
        </div>
      </header>
      <div className={isAhead ? 'verdict-body verdict-ahead' : 'verdict-body'}>
        <h2 className="verdict-lead" tabIndex={-1} title={verdict.verdict.reason}>
          {lead}
        </h2>
        {says && <p className="verdict-says">{says}</p>}
        {current.branch !== null && (
          <p className="verdict-branch">
            {t('branch.note')}{' '}
            <button type="button" className="link" onClick={() => showBranch(context, null)}>
              {t('branch.back')}
            </button>
          </p>
        )}
        {current.trace && current.branch === null && verdict.status !== 'complete' && <ResumeOffer />}
        <p className="verdict-tags">
          {current.origin === 'imported' && <span>{t('imported')}</span>}
          {verdict.isSimulated && <span title={t('simulatedText')}>{t('simulated')}</span>}
        </p>
        {(verdict.verdict.score !== null || verdict.libraryMatch) && (
          <div className="verdict-numbers">
            {verdict.verdict.score !== null && <ScoreNumber verdict={verdict} score={verdict.verdict.score} />}
            <LibraryMatchNumber match={verdict.libraryMatch} />
            <NumbersNote match={verdict.libraryMatch} />
          </div>
        )}
        {verdict.verdict.label === 'review' && <Uncertain found={uncertainties(verdict)} />}
        {isFiled && <Warning text={t('ownExemplar')} />}
        {verdict.verdict.score !== null && <ThresholdsSection verdict={verdict} score={verdict.verdict.score} />}
        <Claims claims={verdict.claims} steps={current.run.steps} regions={verdict.regions} />
        {[...verdict.warnings, ...verdict.image.conversions].map((text) => (
          <Warning key={text} text={sentenceInWords(text)} />
        ))}
        <Facts verdict={verdict} isLive={current.origin === 'live'} />
        <div className="verdict-files">
          <button type="button" className="button" onClick={() => exportVerdict(context)} disabled={!current.trace}>
            <Download size={14} /> {t('saveVerdict')}
          </button>
          <button type="button" className="button" onClick={() => exportTrace(context)} disabled={!current.trace}>
            <Download size={14} /> {t('saveTrace')}
          </button>
        </div>
      </div>
      {current.trace && current.activity === 'open' && current.branch === null && (
        <Decision verdict={current.trace.verdict} runId={current.runId} />
      )}
    </section>
  );
}

/** The first few of what was uncertain; the others on request. */
function Uncertain({ found }: { readonly found: readonly Uncertainty[] }) {
  const { t } = useTranslation('verdict');
  const [all, setAll] = useState(false);
  if (found.length === 0) return null;
  const shown = all ? found : found.slice(0, 3);
  const rest = found.length - shown.length;
  return (
    <div className="verdict-uncertain">
      <h3 id="verdict-uncertain">{t('uncertainTitle')}</h3>
      <ul aria-labelledby="verdict-uncertain">
        {shown.map(({ kind, count }) => (
          <li key={kind}>{t(`uncertain.${kind}`, { count })}</li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('uncertainMore', { count: rest })}
        </button>
      )}
    </div>
  );
}

function Warning({ text }: { readonly text: string }) {
  return (
    <p className="verdict-warning">
      <TriangleAlert size={14} /> {text}
    </p>
  );
}

function labelOf(verdict: Verdict, t: (key: string) => string): { tone: Tone; text: string } {
  if (verdict.status === 'failed') return { tone: 'failed', text: t('failed') };
  if (verdict.status === 'interrupted') return { tone: 'neutral', text: t('stopped') };
  return { tone: verdict.verdict.label, text: labelWord(verdict.verdict.label) };
}
