/** One of a few, side by side. */
import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { useId } from 'react';
import './choice.css';

export function Choice<T extends string>(props: {
  readonly legend: string;
  readonly note?: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChoose: (value: T) => void;
}) {
  const id = useId();
  const choose = (value: string) => {
    const chosen = props.options.find((option) => option.value === value);
    if (chosen) props.onChoose(chosen.value);
  };
  return (
    <div className="setting">
      <div>
        <span id={id}>{props.legend}</span>
        {props.note && <p className="setting-note">{props.note}</p>}
      </div>
      <ToggleGroup.Root
        className="choice"
        type="single"
        value={props.value}
        aria-labelledby={id}
        onValueChange={choose}
      >
        {props.options.map(({ value, text }) => (
          <ToggleGroup.Item key={value} value={value}>
            {text}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </div>
  );
}
