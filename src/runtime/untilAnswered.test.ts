// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { untilAnswered } from './untilAnswered.ts';

describe('what a call tells', () => {
  it('is passed on until the answer, and left out when it comes after it or after a failure', async () => {
    const heard: string[] = [];
    const tells: ((text: string) => void)[] = [];
    const answer = await untilAnswered<string, number>(
      (text) => heard.push(text),
      (tell) => {
        tells.push(tell);
        tell('step 1');
        return Promise.resolve(7);
      },
    );
    tells[0]!('step 2, late');
    expect([answer, heard]).toEqual([7, ['step 1']]);

    const failing = untilAnswered<string, number>(
      (text) => heard.push(text),
      (tell) => {
        tells.push(tell);
        return Promise.reject(new Error('no'));
      },
    );
    await expect(failing).rejects.toThrow('no');
    tells[1]!('late too');
    expect(heard).toEqual(['step 1']);
  });
});
