/** A field that keeps what is typed by itself: after a pause in typing, and when it is left. */
import { useEffect, useEffectEvent, useState } from 'react';

/** A pause in typing after which what stands in a field is kept. */
export const PAUSE_MS = 500;

/** `kept` is what there is; `keep` stores what was typed. Spread the result over an `<input>`. */
export function useKeptText(kept: string, keep: (text: string) => void) {
  /** Null while nothing was typed since the field was left: it then shows what is kept, also after undo. */
  const [typed, setTyped] = useState<string | null>(null);
  const keepNow = useEffectEvent(keep);
  useEffect(() => {
    if (typed === null) return;
    const timer = setTimeout(() => keepNow(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return {
    value: typed ?? kept,
    onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => setTyped(currentTarget.value),
    onBlur: () => {
      if (typed !== null) keep(typed);
      setTyped(null);
    },
  };
}
