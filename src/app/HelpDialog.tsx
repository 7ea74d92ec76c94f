/** The shortcut sheet, made from the list that binds them. */
import { Drawer } from '../ui/Drawer.tsx';
import { SHORTCUTS } from './shortcuts.ts';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Drawer title="Keyboard" description="Works whenever no text field or panel has the focus." onClose={onClose}>
      <dl className="shortcuts">
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>
              <kbd>{shortcut.shown}</kbd>
            </dt>
            <dd>{shortcut.does}</dd>
          </div>
        ))}
      </dl>
    </Drawer>
  );
}
