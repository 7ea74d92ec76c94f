/** A label as colour, sign and word: colour is never the only one to tell. */
import { CircleCheck, CircleDashed, CircleHelp, CircleSlash, CircleX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export type Tone = 'normal' | 'review' | 'anomalous' | 'failed' | 'neutral' | 'open';

const ICONS: Readonly<Record<Tone, typeof CircleCheck>> = {
  normal: CircleCheck,
  review: CircleHelp,
  anomalous: CircleX,
  failed: TriangleAlert,
  neutral: CircleSlash,
  open: CircleDashed,
};

export function LabelChip(props: { readonly tone: Tone; readonly text: string; readonly icon?: ReactNode }) {
  const Icon = ICONS[props.tone];
  return (
    <p className={`label-chip label-${props.tone}`}>
      {props.icon ?? <Icon size={17} />} <span>{props.text}</span>
    </p>
  );
}
