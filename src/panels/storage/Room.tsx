/** How much is used, by kind, and whether the browser promised to keep it. */
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatShare } from '../../i18n/words.ts';
import { askToKeep } from '../../state/actions/storageFacts.ts';
import { isAlmostFull } from '../../state/storagePanelState.ts';
import type { StorageFacts } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { barParts, filledShare, KINDS } from './barParts.ts';

export function Room() {
  const { t } = useTranslation('storage');
  const facts = useStudioState((state) => state.storageFacts);
  const { used, modelBytes } = useStudioState((state) => state.storagePanel);
  const bytes = {
    images: used?.images.bytes,
    traces: used?.traces.bytes,
    features: used?.features.bytes,
    models: modelBytes,
  };
  const parts = barParts(bytes, facts);
  const filled = parts ? filledShare(parts) : 0;
  return (
    <section aria-labelledby="storage-room">
      <h3 id="storage-room">{t('room.title')}</h3>
      {facts && <p>{roomWords(facts, t)}</p>}
      {facts && isAlmostFull(facts) && (
        <p className="storage-warning" role="alert">
          {t('room.almostFull')}
        </p>
      )}
      {parts && (
        <div className="storage-bar" aria-hidden="true">
          {filled > 0 && (
            <div style={{ width: `${filled * 100}%` }}>
              {KINDS.map((kind) => (
                <span key={kind} data-kind={kind} style={{ flexGrow: parts[kind] / filled }} />
              ))}
            </div>
          )}
        </div>
      )}
      <dl className="storage-kinds">
        {KINDS.map((kind) => (
          <div key={kind}>
            <dt data-kind={kind}>{t(`room.${kind}`)}</dt>
            <dd>{bytes[kind] == null ? t('room.counting') : formatBytes(bytes[kind])}</dd>
          </div>
        ))}
      </dl>
      <Keep facts={facts} />
    </section>
  );
}

function roomWords({ usedBytes, quotaBytes }: StorageFacts, t: TFunction<'storage'>): string {
  if (usedBytes === null) return t('room.unknown');
  if (quotaBytes === null || quotaBytes === 0) return t('room.usedOnly', { used: formatBytes(usedBytes) });
  const share = formatShare(usedBytes / quotaBytes, 1);
  return t('room.used', { used: formatBytes(usedBytes), quota: formatBytes(quotaBytes), share });
}

function Keep({ facts }: { readonly facts: StorageFacts | null }) {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const [isRefused, setRefused] = useState(false);
  if (!facts) return null;
  const { isPersistent } = facts;
  const ask = async () => setRefused(!(await askToKeep(context)));
  return (
    <div className="storage-keep">
      <p>
        <strong>{t('keep.title')}:</strong>{' '}
        {t(isPersistent === null ? 'keep.unknown' : isPersistent ? 'keep.yes' : 'keep.no')}
      </p>
      {isPersistent === false && (
        <button type="button" className="button" onClick={() => void ask()}>
          {t('keep.ask')}
        </button>
      )}
      <p role="status" className="storage-note">
        {isRefused && isPersistent === false ? t('keep.refused') : ''}
      </p>
    </div>
  );
}
