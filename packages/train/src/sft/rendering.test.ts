import { describe, expect, it } from 'vitest';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import { patchify } from '@agentiad/core/image/process.ts';
import type { Session } from '@agentiad/core/model/backbone.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import { createConversation } from '@agentiad/core/tokenizer/conversation.ts';
import { fakeMatch } from '@agentiad/core/tools/testing.ts';
import { demonstrateCase, makeCase, tinyModel } from '../trajectories/testCase.ts';

const { backbone, processor } = tinyModel;
const { tokenizer, config } = backbone;
const example = makeCase();
const { trajectory, trace } = await demonstrateCase(example, 'full');
const { ids, segments, images } = trajectory;

/** Ids of every model turn of the demonstration. */
const turns = segments.filter(({ kind }) => kind === 'model').map(({ from, to }) => ids.slice(from, to));

describe('what training renders', () => {
  it('S9: is what inference renders for the same history: ids and pixels, "Image Size" included', async () => {
    const seen: number[] = [];
    const pixels: ProcessedImage[] = [];
    let turn = 0;
    // A model that says what the demonstration says, in the real loop.
    const session: Session = {
      get length() {
        return seen.length;
      },
      async prefill(newIds, newImages) {
        seen.push(...newIds);
        pixels.push(...newImages);
      },
      async generate() {
        const own = turns[turn++]!;
        seen.push(...own);
        return { ids: own, stopReason: 'stop', readings: [] };
      },
      dispose() {},
    };
    let now = 0;
    const deps: InspectionDeps = {
      model: { ...tinyModel, backbone: { ...backbone, createSession: () => session } },
      match: fakeMatch,
      clock: () => now++,
      now: () => '2026-01-01T00:00:00.000Z',
      newId: () => 'inspection-1',
      runtime: { backend: 'test', adapter: 'none' },
    };
    await inspect(
      {
        part: await example.part(),
        category: example.category,
        types: example.types,
        mode: 'full',
        library: example.exemplars,
        thresholds: DEFAULT_THRESHOLDS,
        seed: 0,
        recipe: null,
      },
      deps,
    );
    expect(seen).toEqual(ids);
    expect(tokenizer.decode(seen)).toContain('(Image Size: ');
    expect(pixels.map(({ grid }) => grid)).toEqual(images.map((image) => patchify(image, processor).grid));
    pixels.forEach(({ pixelValues }, i) => expect(pixelValues).toEqual(patchify(images[i]!, processor).pixelValues));
  });

  it('S8: of turns 1 to k begins what it renders of turns 1 to k + 1', () => {
    const conversation = createConversation({
      tokenizer,
      chatTemplate: tinyModel.chatTemplate,
      imageTokenId: config.special.image,
    });
    conversation.open('You inspect.', [{ type: 'image' }, { type: 'text', text: 'Is it good?' }], [4]);
    for (const turn of turns) {
      const before = conversation.record.ids.slice();
      conversation.addGenerated(turn);
      expect(conversation.record.ids.slice(0, before.length)).toEqual(before);
      const said = conversation.record.ids.slice();
      conversation.observe([{ type: 'text', text: '\nHere it is:' }, { type: 'image' }], [2]);
      expect(conversation.record.ids.slice(0, said.length)).toEqual(said);
    }
    // Every demonstrated turn was rendered in one growing record: its segments have no gap.
    expect(segments.map(({ from }) => from)).toEqual([0, ...segments.slice(0, -1).map(({ to }) => to)]);
  });

  it('S13: a tool call comes back from its text as it was meant', () => {
    const calls = trace.steps.filter(({ call }) => call);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    for (const { call, rawText } of calls) {
      const parsed = parseTurn(tokenizer.decode(tokenizer.encode(rawText)));
      expect(parsed).toEqual({ kind: 'call', name: call!.name, arguments: call!.arguments });
      expect(
        parseTurn(`<tool_call>\n${JSON.stringify({ name: call!.name, arguments: call!.arguments })}\n</tool_call>`),
      ).toEqual(parsed);
    }
  });
});
