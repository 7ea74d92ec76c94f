/** A number of files with what they are, opened to their names. */
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Names shown at once. */
const SHOWN = 300;

export interface ListedFile {
  readonly path: string;
  /** Why, where it is not the same for all. */
  readonly note?: string;
}

export function FileList(props: {
  readonly title: ReactNode;
  readonly files: readonly ListedFile[];
  readonly tone?: 'plain' | 'warn';
}) {
  const { t } = useTranslation('importing');
  const [isOpen, setOpen] = useState(false);
  const { files } = props;
  return (
    <details
      className={props.tone === 'warn' ? 'file-list file-list-warn' : 'file-list'}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{props.title}</summary>
      {isOpen && (
        <ul>
          {files.slice(0, SHOWN).map(({ path, note }) => (
            <li key={path}>
              <span>{path}</span>
              {note !== undefined && <span className="file-note">{note}</span>}
            </li>
          ))}
          {files.length > SHOWN && <li>{t('more', { count: files.length - SHOWN })}</li>}
        </ul>
      )}
    </details>
  );
}
