/** How strongly something lies over the picture, 0..1: a labelled slider that tells its value as a percentage. */
import * as Slider from '@radix-ui/react-slider';
import { useId } from 'react';
import { formatShare } from '../i18n/words.ts';
import './slider.css';

export function OpacitySlider(props: {
  readonly label: string;
  /** 0..1. */
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  const id = useId();
  return (
    <div className="opacity-slider">
      <span id={id}>{props.label}</span>
      <Slider.Root
        className="slider"
        min={0}
        max={100}
        step={5}
        value={[Math.round(props.value * 100)]}
        onValueChange={([percent]) => percent !== undefined && props.onChange(percent / 100)}
      >
        <Slider.Track className="slider-track">
          <Slider.Range className="slider-range" />
        </Slider.Track>
        <Slider.Thumb className="slider-thumb" aria-labelledby={id} aria-valuetext={formatShare(props.value)} />
      </Slider.Root>
    </div>
  );
}
