/** A text exactly as it was, with a button that copies it. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStudio } from '../../state/useStudio.ts';

const TOLD_MS = 1500;

export function TextBlock({ title, text }: { readonly title: string; readonly text: string }) {
  const { host } = useStudio();
  const { t } = useTranslation('modelEye');
  const [copied, setCopied] = useState<boolean | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <section className="eye-text">
      <header>
        <h3>{title}</h3>
        <button
          type="button"
          className="link"
          aria-label={t('copyOf', { title })}
          onClick={() => void host.copyText(text).then(setCopied)}
        >
          {copied ? <Check size={13} /> : <Copy size={13} />}{' '}
          <span role="status">{t(copied === null ? 'copy' : copied ? 'copied' : 'cannotCopy')}</span>
        </button>
      </header>
      {text === '' ? <p className="eye-note">{t('nothing')}</p> : <pre tabIndex={0}>{text}</pre>}
    </section>
  );
}
