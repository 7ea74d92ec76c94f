/**
 * A sample of MMAD (folder with `mmad.json` and its images) as a manifest.jsonl: as many normal as anomalous images,
 * spread evenly over the data sets. Same seed, same sample.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} folder
 * @param {string} target folder that the manifest will lie in: paths are relative to it
 * @param {number} count
 * @returns {{ id: string, image: string, category: string, label: 'normal' | 'anomalous', type: string | null,
 *   boxes: [], mask: null, exemplars: string[], split: 'test' }[]}
 */
export function sampleMmad(folder, target, count) {
  const entries = JSON.parse(readFileSync(path.join(folder, 'mmad.json'), 'utf8'));
  const relative = (name) => path.relative(target, path.resolve(folder, name));
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const name of Object.keys(entries).sort()) {
    if (!existsSync(path.join(folder, name))) continue;
    const group = `${name.split('/')[0]} ${isNormal(name)}`;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  const chosen = evenly([...groups.values()], count);
  return chosen.map((name) => {
    const [, category, ...rest] = name.split('/');
    const defect = rest.at(-2);
    const templates = entries[name].similar_templates ?? [];
    return {
      id: name,
      image: relative(name),
      category,
      label: isNormal(name) ? 'normal' : 'anomalous',
      type: isNormal(name) || defect === 'bad' ? null : defect.replaceAll('_', ' '),
      boxes: [],
      mask: null,
      exemplars: templates.filter((file) => existsSync(path.join(folder, file))).map(relative),
      split: 'test',
    };
  });
}

/** As MMAD's own evaluation tells them apart. */
function isNormal(name) {
  return name.includes('good');
}

/** Takes from the groups in turn, from each at even distances, until there are `count` or no more. */
function evenly(groups, count) {
  const taken = groups.map(() => 0);
  let left = Math.min(
    count,
    groups.reduce((sum, group) => sum + group.length, 0),
  );
  while (left > 0) {
    groups.forEach((group, index) => {
      if (left > 0 && taken[index] < group.length) {
        taken[index]++;
        left--;
      }
    });
  }
  return groups.flatMap((group, index) =>
    Array.from({ length: taken[index] }, (_, i) => group[Math.floor((i * group.length) / taken[index])]),
  );
}
