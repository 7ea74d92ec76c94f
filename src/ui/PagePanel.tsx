/** A panel as large as the page, for what needs room; focus is kept inside, Esc closes it. */
import * as Dialog from '@radix-ui/react-dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import './pagePanel.css';

export function PagePanel(props: {
  readonly title: string;
  readonly description: string;
  readonly onClose: () => void;
  /** Esc first ends what this ends, such as a selection; true when there was something to end. */
  readonly onEscape?: () => boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('app');
  return (
    <Dialog.Root open onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Content
          className="page-panel"
          onEscapeKeyDown={(event) => {
            if (props.onEscape?.()) event.preventDefault();
          }}
        >
          <header className="page-panel-head">
            <Dialog.Title>{props.title}</Dialog.Title>
            <Dialog.Description>{props.description}</Dialog.Description>
            <Dialog.Close className="icon-button" aria-label={t('close')}>
              <X size={18} />
            </Dialog.Close>
          </header>
          {props.children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
