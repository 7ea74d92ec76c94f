/** File names that every file system takes. */

/** As a file of its own, on every system. */
export function plainName(name: string): string {
  const base = name.split(/[\\/]/).at(-1)!;
  const plain = base.replace(/[\p{Cc}:*?"<>|]/gu, '_').replace(/^\.+$/, '_');
  return plain === '' ? '_' : plain;
}
