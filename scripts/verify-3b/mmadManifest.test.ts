import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readManifest, writeManifest } from '../../packages/train/src/data/manifest.ts';
import { sampleMmad } from './mmadManifest.mjs';

const root = mkdtempSync(path.join(os.tmpdir(), 'agentiad-mmad-'));
afterAll(() => rmSync(root, { recursive: true }));

const mmad = path.join(root, 'mmad');
const entries: Record<string, unknown> = {};
function add(name: string, templates: readonly string[] = []): void {
  const file = path.join(mmad, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  entries[name] = { image_path: name, similar_templates: templates };
}
for (let i = 0; i < 30; i++) {
  add(`DS-MVTec/bottle/image/good/${i}.png`);
  add(`DS-MVTec/bottle/image/broken_large/${i}.png`, [`DS-MVTec/bottle/image/good/${i}.png`, 'lost.png']);
  add(`VisA/pcb4/test/bad/${i}.JPG`);
}
add('VisA/pcb4/test/good/0.JPG');
entries['VisA/pcb4/test/good/not-downloaded.JPG'] = {};
writeFileSync(path.join(mmad, 'mmad.json'), JSON.stringify(entries));

describe('the MMAD sample', () => {
  const work = path.join(root, 'work');
  mkdirSync(work);

  it('is a manifest that the evaluation reads', async () => {
    const file = path.join(work, 'manifest.jsonl');
    await writeManifest(file, sampleMmad(mmad, work, 20));
    const { rows, resolve } = await readManifest(file);
    expect(rows.length).toBe(20);
    expect(resolve(rows[0]!.image)).toContain(mmad);
  });

  it('takes the same number from every data set and label, as far as there are images', () => {
    const rows = sampleMmad(mmad, work, 31);
    const count = (part: string) => rows.filter(({ id }) => id.includes(part)).length;
    expect([count('broken_large'), count('bottle/image/good'), count('bad'), count('pcb4/test/good')]).toEqual([
      10, 10, 10, 1,
    ]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(31);
    expect(rows).toEqual(sampleMmad(mmad, work, 31));
    expect(sampleMmad(mmad, work, 1000).length).toBe(91);
  });

  it('knows label, defect and the exemplars that are there', () => {
    const rows = sampleMmad(mmad, work, 8);
    const broken = rows.find(({ id }) => id.includes('broken_large'));
    expect(broken).toMatchObject({ category: 'bottle', label: 'anomalous', type: 'broken large' });
    expect(broken!.exemplars.length).toBe(1);
    expect(rows.find(({ id }) => id.includes('bad'))).toMatchObject({ label: 'anomalous', type: null });
    expect(rows.find(({ id }) => id.includes('pcb4/test/good'))).toMatchObject({ label: 'normal', type: null });
  });
});
