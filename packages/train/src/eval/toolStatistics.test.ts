import { describe, expect, it } from 'vitest';
import { toolStatistics } from './toolStatistics.ts';

const call = (tool: string | null, ok = true) => ({ tool, ok });

describe('toolStatistics', () => {
  it('counts calls over calls and rates over parts', () => {
    const statistics = toolStatistics([
      [call('difference'), call('crop_image_normalized'), call('crop_image_normalized', false)],
      [call(null, false)],
      [],
      [call('difference')],
    ]);
    expect(statistics).toEqual({
      validity: 3 / 5,
      cropRate: 1 / 4,
      queryRate: 0,
      differenceRate: 2 / 4,
      callsPerImage: 5 / 4,
      callCounts: [1, 2, 0, 1],
      perTool: {
        crop_image_normalized: { calls: 2, validity: 0.5 },
        difference: { calls: 2, validity: 1 },
        unreadable: { calls: 1, validity: 0 },
      },
    });
  });

  it('has nothing invalid where nothing was called', () => {
    expect(toolStatistics([[]])).toMatchObject({ validity: 1, callsPerImage: 0, callCounts: [1] });
  });
});
