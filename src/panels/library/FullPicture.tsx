/** A stored image as large as its place allows; its thumbnail where the browser cannot show the file itself. */
import { useEffect, useState } from 'react';
import { useStudio } from '../../state/useStudio.ts';
import { Thumb } from '../Thumb.tsx';

export function FullPicture({ sha256, alt }: { readonly sha256: string; readonly alt: string }) {
  const { storage } = useStudio();
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    storage.readAsset(sha256).then(
      (asset) => {
        if (gone || !asset) return;
        made = URL.createObjectURL(new Blob([asset.bytes], { type: asset.mime }));
        setUrl(made);
      },
      // Unreadable is as good as gone: the thumbnail stays.
      () => {},
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [storage, sha256]);
  return (
    <div className="full-picture">
      {url === null ? <Thumb sha256={sha256} alt={alt} /> : <img src={url} alt={alt} onError={() => setUrl(null)} />}
    </div>
  );
}
