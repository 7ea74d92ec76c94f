/** The Chinese words, one file of the build: fetched only when they are wanted. */
export const chinese = import.meta.glob<Readonly<Record<string, unknown>>>('./zh/*.json', {
  eager: true,
  import: 'default',
});
