import type { ReactNode } from 'react';
import { useKeyHint } from './keyHints.ts';
import { Tooltip } from './Tooltip.tsx';

/** A button with an icon alone; the label is its name and tooltip. `action` adds the key that does the same. */
export function IconButton(props: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** An id of the keyboard's registry. */
  readonly action?: string;
  readonly className?: string;
}) {
  const hint = useKeyHint(props.action);
  return (
    <Tooltip text={props.label} caps={hint?.caps}>
      <button
        type="button"
        className={props.className ?? 'icon-button'}
        aria-label={props.label}
        aria-keyshortcuts={hint?.aria}
        onClick={props.onClick}
        disabled={props.disabled}
      >
        {props.icon}
      </button>
    </Tooltip>
  );
}
