/** How large the tiles are. */
import * as Slider from '@radix-ui/react-slider';
import { Grid2x2, Grid3x3 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { TILE_SIDES } from '../../state/preferences.ts';
import { usePreferences, useStudio } from '../../state/useStudio.ts';
import '../../ui/slider.css';

export function Density() {
  const { preferences } = useStudio();
  const { t } = useTranslation('library');
  const side = usePreferences((all) => all.tileSide);
  return (
    <div className="density">
      <Grid3x3 size={15} aria-hidden="true" />
      <Slider.Root
        className="slider"
        {...TILE_SIDES}
        step={20}
        value={[side]}
        onValueChange={([tileSide]) => tileSide !== undefined && preferences.setState({ tileSide })}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-label={t('tileSide')} />
      </Slider.Root>
      <Grid2x2 size={15} aria-hidden="true" />
    </div>
  );
}
