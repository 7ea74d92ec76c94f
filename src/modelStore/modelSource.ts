/** Where a model can be had: an address (a folder on a server, a Hugging Face repository) or files the user picked. */
import { UserError } from '@agentiad/core/support/userError.ts';

export type ModelSource =
  | {
      readonly kind: 'url';
      /** Folder, ending in `/`. */
      readonly address: string;
      readonly name: string;
      /** The server that is asked, as shown before anything is asked. */
      readonly host: string;
    }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly File[] };

const hub = 'https://huggingface.co';
const part = /^[\w][\w.-]*$/;

/**
 * Reads what a user typed: `owner/name` or an address of a Hugging Face repository, the address of a folder or of its
 * manifest.json. Throws a UserError (`model-address`) for anything else. Asks nobody.
 */
export function parseModelAddress(text: string): ModelSource & { readonly kind: 'url' } {
  const typed = text.trim();
  const [owner = '', name = '', ...more] = typed.split('/');
  // A dot in the first part makes it a server's name without its https.
  if (more.length === 0 && part.test(owner) && part.test(name) && !owner.includes('.')) return hubSource(owner, name);
  const url = URL.parse(/^[\w.-]+\.[a-z]+(:\d+)?\//i.test(typed) ? `https://${typed}` : typed);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw badAddress(typed);
  if (url.host === 'huggingface.co' || url.host === 'hf.co') return parseHub(url, typed);
  url.search = '';
  url.hash = '';
  if (/\.[a-z]+$/i.test(url.pathname)) url.pathname = url.pathname.replace(/[^/]*$/, '');
  else if (!url.pathname.endsWith('/')) url.pathname += '/';
  const folder = decoded(url.pathname, typed)
    .split('/')
    .findLast((piece) => piece !== '');
  return { kind: 'url', address: url.href, name: folder ?? url.host, host: url.host };
}

function decoded(pathname: string, typed: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw badAddress(typed); // a % that begins no character
  }
}

/** `/owner/name`, also with `/tree|blob|resolve/<revision>/…` behind it. */
function parseHub(url: URL, typed: string): ModelSource & { readonly kind: 'url' } {
  const [owner = '', name = '', how, revision] = url.pathname.split('/').filter((piece) => piece !== '');
  if (!part.test(owner) || !part.test(name) || owner === 'datasets' || owner === 'spaces') throw badAddress(typed);
  const isRevision = how === 'tree' || how === 'blob' || how === 'resolve';
  return hubSource(owner, name, isRevision ? revision : undefined);
}

function hubSource(owner: string, name: string, revision = 'main'): ModelSource & { readonly kind: 'url' } {
  const address = `${hub}/${owner}/${name}/resolve/${revision}/`;
  return { kind: 'url', address, name: `${owner}/${name}`, host: new URL(hub).host };
}

function badAddress(typed: string): UserError {
  return new UserError({
    code: 'model-address',
    subject: typed === '' ? 'The address' : typed,
    reason: typed === '' ? 'is empty.' : 'is not the address of a model.',
    remedy: 'Give a Hugging Face repository as owner/name, or the web address of a folder with a model in it.',
  });
}
