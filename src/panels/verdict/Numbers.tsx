/** The agent's score and Library match, each with its meaning in words. */
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { libraryMatchWords, scoreWords } from '../../state/words.ts';

export function ScoreNumber({ verdict, score }: { readonly verdict: Verdict; readonly score: number }) {
  const { t1, t2 } = verdict.settings;
  return (
    <div className="number" title={verdict.verdict.scoreMeaning}>
      <h3>Agent’s score</h3>
      <p className="number-value">{score.toFixed(2)}</p>
      <div className="number-track" aria-hidden="true">
        <span className="number-band" style={{ left: `${t1 * 100}%`, width: `${(t2 - t1) * 100}%` }} />
        <span className="number-dot" style={{ left: `${score * 100}%` }} />
      </div>
      <p className="number-words">{scoreWords(score)}</p>
      <p className="number-note">{verdict.verdict.scoreMeaning}</p>
    </div>
  );
}

export function LibraryMatchNumber({ match }: { readonly match: Verdict['libraryMatch'] }) {
  if (!match)
    return (
      <div className="number number-off">
        <h3>Library match</h3>
        <p className="number-value">–</p>
        <p className="number-words">Not compared</p>
        <p className="number-note">Add 3 to 10 good parts of this kind to compare.</p>
      </div>
    );
  return (
    <div className="number">
      <h3>Library match</h3>
      <p className="number-value">{match.score.toFixed(2)}×</p>
      <div className="number-track" aria-hidden="true">
        <span className="number-band" style={{ left: '0%', width: '50%' }} />
        <span className="number-dot" style={{ left: `${Math.min(match.score / 2, 1) * 100}%` }} />
      </div>
      <p className="number-words">{libraryMatchWords(match)}</p>
      <p className="number-note">
        1× = as far as good parts get from each other.{' '}
        {match.percentile === null
          ? 'Uncalibrated: needs 3 good parts.'
          : `Percentile ${Math.round(match.percentile)}.`}
      </p>
    </div>
  );
}
