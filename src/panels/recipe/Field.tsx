/** One line of the recipe's form: its name on the left, the control and a few words on the right. */
import { useId, type ReactNode } from 'react';

export function Field(props: {
  readonly name: string;
  readonly note?: ReactNode;
  /** Given the id its control is to have. */
  readonly children: (id: string) => ReactNode;
  /** Several controls under one name. */
  readonly isGroup?: boolean;
}) {
  const id = useId();
  return (
    <div className="recipe-field" {...(props.isGroup && { role: 'group', 'aria-labelledby': `${id}-name` })}>
      {props.isGroup ? (
        <span className="recipe-field-name" id={`${id}-name`}>
          {props.name}
        </span>
      ) : (
        <label className="recipe-field-name" htmlFor={id}>
          {props.name}
        </label>
      )}
      <div className="recipe-field-control">
        {props.children(id)}
        {props.note !== undefined && <p className="recipe-note">{props.note}</p>}
      </div>
    </div>
  );
}
