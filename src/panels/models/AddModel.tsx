/** Adding a model: ask an address or take a folder, see what it holds, then decide. */
import { FolderOpen, LoaderCircle, Search } from 'lucide-react';
import { useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { parseModelAddress } from '../../modelStore/modelSource.ts';
import { addConsidered, dropConsidered, lookAtAddress, lookAtFolder } from '../../state/actions/models.ts';
import { LOOK } from '../../state/modelsState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ModelFacts } from './ModelFacts.tsx';
import { ProblemText } from './ProblemText.tsx';
import { sizeWords } from './modelWords.ts';

const EXAMPLE = 'Qwen/Qwen2.5-VL-3B-Instruct';

export function AddModel() {
  const context = useStudio();
  const { t } = useTranslation('models');
  const considered = useStudioState((state) => state.models.considered);
  const problem = useStudioState((state) => state.models.problems[LOOK]);
  const [address, setAddress] = useState('');
  const fieldId = useId();
  const hintId = useId();
  const host = hostOf(address);
  const isAsking = considered !== null && considered.offer === null;
  return (
    <section aria-labelledby={`${fieldId}-title`} className="model-add">
      <h3 id={`${fieldId}-title`}>{t('add')}</h3>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void lookAtAddress(context, address);
        }}
      >
        <label htmlFor={fieldId}>{t('address')}</label>
        <div className="model-add-row">
          <input
            id={fieldId}
            type="text"
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder={EXAMPLE}
            value={address}
            aria-describedby={hintId}
            onChange={(event) => setAddress(event.currentTarget.value)}
          />
          <button type="submit" className="button button-primary" disabled={address.trim() === '' || isAsking}>
            <Search size={15} /> {t('look')}
          </button>
          <button type="button" className="button" disabled={isAsking} onClick={() => void lookAtFolder(context)}>
            <FolderOpen size={15} /> {t('folder')}
          </button>
        </div>
        <p id={hintId} className="model-hint">
          {host ? t('lookNote', { host }) : <Trans i18nKey="models:addNote" components={{ code: <code /> }} />}
        </p>
      </form>
      {isAsking && (
        <p className="model-asking" role="status">
          <LoaderCircle size={15} className="spin" aria-hidden="true" />{' '}
          {t('lookingAt', { name: considered.source.name })}
          <button type="button" className="link" onClick={() => dropConsidered(context)}>
            {t('cancel')}
          </button>
        </p>
      )}
      {problem && <ProblemText problem={problem} />}
      {considered?.offer && <Offer onAdd={() => setAddress('')} />}
    </section>
  );
}

function Offer({ onAdd }: { readonly onAdd: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('models');
  const considered = useStudioState((state) => state.models.considered);
  const known = useStudioState((state) => state.models.stored?.find(({ id }) => id === considered?.offer?.id));
  if (!considered?.offer) return null;
  const { offer } = considered;
  const isHere = known?.state === 'whole';
  return (
    <article className="model-card model-offer" aria-label={t('found', { name: offer.card.name })}>
      <header className="model-head">
        <h4>{offer.card.name}</h4>
        <span className="model-size">{sizeWords(offer)}</span>
      </header>
      <ModelFacts model={offer} />
      <footer className="model-actions">
        {isHere ? (
          <p className="model-hint">{t('alreadyHere')}</p>
        ) : (
          <button
            type="button"
            className="button button-primary"
            onClick={() => {
              onAdd();
              void addConsidered(context);
            }}
          >
            {t(known ? 'resume' : 'addThis')} · {sizeWords(offer)}
          </button>
        )}
        <button type="button" className="button" onClick={() => dropConsidered(context)}>
          {t(isHere ? 'close' : 'notNow')}
        </button>
      </footer>
    </article>
  );
}

/** The host that would be asked, while the address makes sense. */
function hostOf(address: string): string | null {
  try {
    return parseModelAddress(address).host;
  } catch {
    return null; // told when it is asked for
  }
}
