/** Pictures for rehearsals: those of demonstrations in other colours. */
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Random } from '@agentiad/core/support/random.ts';

/** How often a picture keeps its colours. */
const AS_IT_IS = 0.3;

/** One of `pictures`, as it is or each of its channels brightened, weakened, inverted or swapped. */
export function drawPicture(pictures: readonly Raster[], random: Random): Raster {
  const picture = pictures[random.integer(0, pictures.length - 1)]!;
  return random.next() < AS_IT_IS ? picture : recoloured(picture, random);
}

function recoloured({ width, height, data }: Raster, random: Random): Raster {
  const isInverted = random.next() < 0.3;
  const gain = (isInverted ? -1 : 1) * (0.4 + 0.9 * random.next());
  const from = random.integer(0, 2);
  const channels = [0, 1, 2].map((channel) => ({
    source: (channel + from) % 3,
    level: 40 + 175 * random.next(),
  }));
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const changed = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    channels.forEach(({ source, level }, channel) => {
      const value = level + gain * (data[at + source]! - mean);
      changed[at + channel] = Math.min(255, Math.max(0, Math.round(value)));
    });
  }
  return { width, height, data: changed };
}
