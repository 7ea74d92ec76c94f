import { describe, expect, it } from 'vitest';
import { EMPTY_ROUTE, formatRoute, parseRoute, type Route } from './route.ts';

describe('an address', () => {
  it('gives back the route it was made of', () => {
    const route: Route = {
      runId: 'a/b ü?#',
      branch: 'b1',
      step: 7,
      region: 'r2',
      view: 'curtain',
      tab: 'eye',
      pane: 'verdict',
      drawer: 'library',
      library: 'validation',
    };
    expect(parseRoute(formatRoute(route))).toEqual(route);
    expect(formatRoute({ ...EMPTY_ROUTE, runId: 'r1' })).toBe('#/inspect/r1');
    expect(formatRoute({ ...EMPTY_ROUTE, drawer: 'models' })).toBe('#/?drawer=models');
    expect(formatRoute({ ...EMPTY_ROUTE, drawer: 'library', library: 'recipe' })).toBe(
      '#/?drawer=library&library=recipe',
    );
    for (const hash of ['', '#', '#/']) expect(parseRoute(hash)).toEqual(EMPTY_ROUTE);
  });

  it('leaves out what it says wrongly', () => {
    const wrong = '#/inspect/r1?step=-3&view=upside&tab=x&pane=y&drawer=palette&more=1';
    expect(parseRoute(wrong)).toEqual({ ...EMPTY_ROUTE, runId: 'r1' });
    expect(parseRoute('#/?drawer=history&library=recipe').library).toBe('exemplars');
    expect(parseRoute('#/?drawer=library&library=walls')).toEqual({ ...EMPTY_ROUTE, drawer: 'library' });
    expect(parseRoute('#/elsewhere/r1?step=2')).toEqual(EMPTY_ROUTE);
    expect(parseRoute('#/inspect/%').runId).toBe('%');
  });
});
