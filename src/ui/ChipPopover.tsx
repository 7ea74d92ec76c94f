/** What opens from a chip or a button: a panel beside it, which Esc and a click elsewhere close. */
import * as Popover from '@radix-ui/react-popover';
import type { ReactNode } from 'react';

export function ChipPopover(props: {
  /** The name of what opens. */
  readonly title: string;
  /** What the chip shows. */
  readonly trigger: ReactNode;
  /** Of the chip. */
  readonly className: string;
  /** The chip's own name, where what it shows is not enough. */
  readonly label?: string;
  /** Shown while the chip is pointed at. */
  readonly hint?: string;
  /** Of the panel, instead of the common look. */
  readonly panelClassName?: string;
  readonly side?: Popover.PopoverContentProps['side'];
  readonly align?: Popover.PopoverContentProps['align'];
  readonly onOpen?: () => void;
  readonly children: ReactNode;
}) {
  const { title, trigger, className, label, hint, panelClassName = 'popover', side, align, onOpen, children } = props;
  return (
    <Popover.Root onOpenChange={(open) => open && onOpen?.()}>
      <Popover.Trigger className={className} title={hint} aria-label={label}>
        {trigger}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={panelClassName}
          side={side ?? 'bottom'}
          align={align ?? 'center'}
          sideOffset={6}
          collisionPadding={12}
          aria-label={title}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** A button in the panel that closes it. */
export const PopoverClose = Popover.Close;
/** Points from the panel to the chip. */
export const PopoverArrow = Popover.Arrow;
