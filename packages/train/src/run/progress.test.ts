import { describe, expect, it } from 'vitest';
import { createProgress, formatDuration } from './progress.ts';

function fakeStream(isTTY: boolean) {
  let text = '';
  const write = (part: string) => {
    text += part;
    return true;
  };
  const stream = { isTTY, write, columns: 100, cursorTo() {}, moveCursor() {}, clearLine() {} };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe('createProgress', () => {
  it('writes plain lines with the time left where there is no terminal, not one a step', () => {
    const { stream, text } = fakeStream(false);
    let now = 0;
    const progress = createProgress({ unit: 'step', total: 100, stream, clock: () => now });
    for (let step = 1; step <= 100; step++) {
      now = step * 3000;
      progress.update(step, { loss: 0.123456, phase: 'sft' });
    }
    progress.stop();
    const lines = text().trimEnd().split('\n');
    expect(lines[0]).toBe('step 1/100, 4 min 57 s left loss 0.1235 phase sft');
    expect(lines.at(-1)).toBe('step 100/100 loss 0.1235 phase sft');
    expect(lines.length).toBe(26);
    expect(text()).not.toMatch(/[\u001b\r]/);
  });

  it('expects of a resumed run the time of its own steps only', () => {
    const { stream, text } = fakeStream(false);
    let now = 0;
    const progress = createProgress({ unit: 'step', total: 100, start: 90, stream, clock: () => now });
    now = 4000;
    progress.update(92);
    expect(text()).toBe('step 92/100, 16 s left \n');
  });

  it('draws a bar on a terminal and leaves lines above it', () => {
    const { stream, text } = fakeStream(true);
    const progress = createProgress({ unit: 'step', total: 4, stream });
    progress.update(2, { loss: 0.5 });
    progress.say('saved');
    progress.stop();
    expect(text()).toContain('step 2/4');
    expect(text()).toContain('loss 0.5');
    expect(text()).toContain('saved\n');
  });
});

it('formatDuration names the two largest units', () => {
  expect([8e3, 80e3, 7500e3, 273_600e3].map(formatDuration)).toEqual(['8 s', '1 min 20 s', '2 h 5 min', '3 d 4 h']);
});
