/** What names of files and folders say. Paths have forward slashes. */

const IMAGE = /\.(png|jpe?g|jfif|webp|bmp|gif|avif|tiff?|hei[cf])$/i;
const HIDDEN = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

export const isImageName = (name: string) => IMAGE.test(name);
export const isHidden = (path: string) => path.split('/').some((part) => HIDDEN.test(part));

/** Names of the folders a file lies in, outermost first. */
export const foldersOf = (path: string) => path.split('/').slice(0, -1);
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

const GOOD = /^(good|ok|normal|normals|io)$/i;
const BAD = /^(bad|ko|nok|ng|nio|defect|defects|defective|anomal(y|ies|ous)|abnormal|broken|reject(s|ed)?)$/i;
const MASKS = /^(ground[_-]?truth|gt|masks?|annotations?)$/i;
const MASK_NAME = /[_-]mask\.[^.]+$/i;
/** Folders that only say that there are images in them. */
const PLAIN = /^(data|images?|imgs?|pictures|rgb)$/i;

export const isGoodFolder = (name: string) => GOOD.test(name);
export const isBadFolder = (name: string) => BAD.test(name);
export const isMask = (path: string) => foldersOf(path).some((name) => MASKS.test(name)) || MASK_NAME.test(path);

/** The innermost of `folders` that names something; null: none does. */
export function namedFolder(folders: readonly string[]): string | null {
  return folders.findLast((name) => !PLAIN.test(name)) ?? null;
}

/** Folders of a data set's parts: to learn from, to test with, or kept back without their truth. */
export type Split = 'train' | 'test' | 'private';

export function splitOf(name: string): Split | null {
  if (/^train(ing)?$/i.test(name)) return 'train';
  if (/^test_private/i.test(name)) return 'private';
  return /^(test|testing|test_public|val|valid|validation)$/i.test(name) ? 'test' : null;
}
