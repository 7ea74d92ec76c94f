/** The empty page: where to drop, what will happen, and ready-made samples with honest notes. */
import { ImagePlus, LockKeyhole, TriangleAlert } from 'lucide-react';
import { trySample } from '../../state/actions/library.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { truthWords } from '../../state/words.ts';
import { CategoryPicker } from '../CategoryPicker.tsx';
import './start.css';

export function Start({ onChoose }: { readonly onChoose: () => void }) {
  const context = useStudio();
  const samples = useStudioState((state) => state.samples);
  const category = useStudioState((state) => state.category);
  const count = useStudioState((state) => state.exemplars.filter((known) => known.category === state.category).length);
  const engine = useStudioState((state) => state.engine);
  return (
    <section className="start" aria-label="Begin">
      {engine.state === 'failed' && (
        <div className="start-failed" role="alert" data-code={engine.problem.code}>
          <TriangleAlert size={18} />
          <div>
            <p>
              <strong>The model could not be loaded.</strong> {engine.problem.subject}: {engine.problem.reason}
            </p>
            <p>{engine.problem.remedy} Good parts, history and saved traces still work.</p>
          </div>
        </div>
      )}
      <div className="start-drop">
        <ImagePlus size={36} strokeWidth={1.5} />
        <h1>Drop a photo of a part to inspect</h1>
        <p>You can also paste it. Several photos wait in a list; a saved trace opens as a replay.</p>
        <button type="button" className="button button-primary button-large" onClick={onChoose}>
          Choose files
        </button>
        <p className="start-private">
          <LockKeyhole size={14} /> Runs on this computer. Images are not uploaded.
        </p>
      </div>
      <div className="start-library">
        <CategoryPicker />
        <p>
          {count > 0
            ? `Photos are compared with your ${count} good ${count === 1 ? 'part' : 'parts'} of “${category}”.`
            : 'For your own parts: add photos of good ones first. Without them nothing is compared.'}
        </p>
      </div>
      <ol className="start-steps">
        <li>
          <strong>The agent looks</strong> at the part, finds what differs, zooms in and compares with good ones.
        </li>
        <li>
          <strong>You watch</strong> every step, with the exact picture it saw.
        </li>
        <li>
          <strong>You get a verdict</strong> with its reasons, to keep as a file.
        </li>
      </ol>
      {samples.length > 0 && (
        <div className="start-samples">
          <h2>Try a sample</h2>
          <ul>
            {samples.map((sample) => (
              <li key={sample.id}>
                <button
                  type="button"
                  className="sample"
                  title={sample.note}
                  onClick={() => void trySample(context, sample)}
                >
                  <img src={`samples/${sample.part}`} alt="" loading="lazy" />
                  <span className="sample-title">{sample.title}</span>
                  <span className="sample-note">
                    {truthWords(sample)} {sample.note}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
