/** A stored thumbnail by the hash of its file; an empty tile while it loads or when it is gone. */
import { useEffect, useState } from 'react';
import { useStudio } from '../state/useStudio.ts';

export function Thumb({ sha256, alt }: { readonly sha256: string; readonly alt: string }) {
  const { storage } = useStudio();
  const [shown, setShown] = useState<{ readonly sha256: string; readonly url: string } | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    storage.readThumb(sha256).then(
      (thumb) => {
        if (gone || !thumb) return;
        made = URL.createObjectURL(new Blob([thumb.bytes], { type: thumb.mime }));
        setShown({ sha256, url: made });
      },
      // Unreadable is as good as gone: the tile stays empty.
      () => {},
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [storage, sha256]);
  return shown?.sha256 === sha256 ? (
    <img className="thumb" src={shown.url} alt={alt} />
  ) : (
    <span
      className="thumb thumb-empty"
      {...(alt === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': alt })}
    />
  );
}
