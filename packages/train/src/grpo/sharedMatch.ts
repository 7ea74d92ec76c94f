/**
 * Library match for the members of a group, who ask at the same time and often the same: one comparison after the other,
 * so that what the first one works out of the exemplars serves the next, and none twice.
 */
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';

/** `open` is called at the first comparison. */
export function sharedMatch(open: () => LibraryMatch): LibraryMatch {
  let opened: LibraryMatch | null = null;
  const match = () => (opened ??= open());
  const ask = <Request extends { readonly raster: Raster }, Result>(work: (request: Request) => Promise<Result>) => {
    const known = new WeakMap<Raster, Map<string, Promise<Result>>>();
    return (request: Request): Promise<Result> => {
      const { raster, ...rest } = request;
      const answers = known.get(raster) ?? new Map<string, Promise<Result>>();
      known.set(raster, answers);
      const key = JSON.stringify(rest);
      const answer = answers.get(key) ?? inTurn(() => work(request));
      answers.set(key, answer);
      return answer;
    };
  };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    get exemplarCount() {
      return match().exemplarCount;
    },
    get towerSha256() {
      return match().towerSha256;
    },
    compare: ask((request) => match().compare(request)),
    nearest: ask((request) => match().nearest(request)),
  };
}
