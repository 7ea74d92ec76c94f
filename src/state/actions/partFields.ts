/** Which part it is, as typed: for the image on the stage, and station and operator from now on. */
import { guarded, type StudioContext } from '../context.ts';
import { NOTHING_TYPED, type PartField, type TypedPart } from '../partFields.ts';

const SETTING = 'station';

/** An empty text takes back what was typed: what the file's name tells holds again. */
export function typePart(context: StudioContext, sha256: string, field: PartField, text: string): void {
  const { store } = context;
  const value = text.trim() === '' ? null : text;
  const { typedPart } = store.getState();
  if (field === 'part' || field === 'lot') {
    const typed = typedPart.image?.sha256 === sha256 ? typedPart.image : { sha256, part: null, lot: null };
    store.setState({ typedPart: { ...typedPart, image: { ...typed, [field]: value } } });
    return;
  }
  const next = { ...typedPart, [field]: value };
  store.setState({ typedPart: next });
  const { station, operator } = next;
  void guarded(context, 'Settings', () => context.storage.writeSetting(SETTING, { station, operator }));
}

/** What was typed before and stays. */
export async function readTypedPart({ storage }: Pick<StudioContext, 'storage'>): Promise<TypedPart> {
  const stored = await storage.readSetting(SETTING);
  if (typeof stored !== 'object' || stored === null) return NOTHING_TYPED;
  const { station, operator } = stored as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return { image: null, station: text(station), operator: text(operator) };
}
