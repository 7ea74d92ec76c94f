/** What a press on the picture does: take hold, or draw a place to inspect or to ignore. */
import { Hand, Pentagon, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { AreaTool } from './useAreaEditing.ts';

const DRAWING = [
  { draw: 'rectangle', kind: 'roi' },
  { draw: 'polygon', kind: 'roi' },
  { draw: 'rectangle', kind: 'ignore' },
  { draw: 'polygon', kind: 'ignore' },
] as const satisfies readonly Exclude<AreaTool, 'hand'>[];

export function AreaTools(props: {
  readonly tool: AreaTool;
  /** `isByKey`: chosen without a pointer. */
  readonly onChoose: (tool: AreaTool, isByKey: boolean) => void;
}) {
  const { t } = useTranslation('recipe');
  const { tool, onChoose } = props;
  return (
    <div className="area-tools" role="toolbar" aria-label={t('areas.tools')}>
      <button type="button" aria-pressed={tool === 'hand'} onClick={() => onChoose('hand', false)}>
        <Hand size={15} /> {t('areas.tool.hand')}
      </button>
      {(['roi', 'ignore'] as const).map((kind) => (
        <span key={kind} className={`area-tools-group area-${kind}`}>
          <span>{t(`areas.kind.${kind}`)}</span>
          {DRAWING.filter((drawing) => drawing.kind === kind).map((drawing) => (
            <button
              key={drawing.draw}
              type="button"
              aria-label={t(`areas.tool.${kind}.${drawing.draw}`)}
              title={t(`areas.tool.${kind}.${drawing.draw}`)}
              aria-pressed={tool !== 'hand' && tool.draw === drawing.draw && tool.kind === kind}
              onClick={(event) => onChoose(drawing, event.detail === 0)}
            >
              {drawing.draw === 'rectangle' ? <Square size={15} /> : <Pentagon size={15} />}
            </button>
          ))}
        </span>
      ))}
    </div>
  );
}
