/** The frame of the verdict card: tone, title, and what is in it. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LabelChip, type Tone } from './LabelChip.tsx';

export function Card(props: {
  readonly tone: Tone;
  readonly title: string;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation('verdict');
  return (
    <section className="verdict" aria-label={t('title')}>
      <div className="verdict-body">
        <LabelChip tone={props.tone} text={props.title} icon={props.icon} />
        {props.children}
      </div>
    </section>
  );
}
