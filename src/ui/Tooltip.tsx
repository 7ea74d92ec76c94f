/** A name (and key) that appears beside a control on hover and focus. The control keeps its own accessible name. */
import * as RadixTooltip from '@radix-ui/react-tooltip';
import type { ReactElement } from 'react';
import { Keys } from './Keys.tsx';
import './tooltip.css';

export function Tooltip(props: {
  readonly text: string;
  readonly caps?: readonly string[] | undefined;
  readonly children: ReactElement;
}) {
  return (
    <RadixTooltip.Root>
      <RadixTooltip.Trigger asChild>{props.children}</RadixTooltip.Trigger>
      <RadixTooltip.Portal>
        <RadixTooltip.Content className="tooltip" sideOffset={6} collisionPadding={8} aria-hidden="true">
          {props.text}
          {props.caps && <Keys caps={props.caps} />}
        </RadixTooltip.Content>
      </RadixTooltip.Portal>
    </RadixTooltip.Root>
  );
}

/** Once around the page. */
export const TooltipProvider = RadixTooltip.Provider;
