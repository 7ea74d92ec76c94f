/** What a tab that only reads does when it is asked to do more. */
import { problemOf } from '../../runtime/messages.ts';
import { readsOnly } from '../../storage/oneWriter.ts';
import { addNotice, type StudioContext } from '../context.ts';

/** Tells that this tab only reads; true when it does. */
export function refusedHere(context: StudioContext): boolean {
  const { isReadOnly } = context.store.getState();
  if (isReadOnly) addNotice(context, problemOf(readsOnly(), ''));
  return isReadOnly;
}
