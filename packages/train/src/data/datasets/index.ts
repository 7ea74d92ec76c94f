/** The list of datasets. A new dataset = one file + one line here. */
import type { Dataset } from './dataset.ts';
import { deepPcb } from './deepPcb.ts';
import { dtdSynthetic } from './dtdSynthetic.ts';
import { folder } from './folder.ts';
import { goodsAd } from './goodsAd.ts';
import { kolektorSdd } from './kolektorSdd.ts';
import { mmad } from './mmad.ts';
import { mpdd } from './mpdd.ts';
import { mvtecAd } from './mvtecAd.ts';
import { mvtecLoco } from './mvtecLoco.ts';
import { realIad } from './realIad.ts';
import { visa } from './visa.ts';

export const DATASETS: readonly Dataset[] = [
  mmad,
  mvtecAd,
  mvtecLoco,
  visa,
  goodsAd,
  mpdd,
  dtdSynthetic,
  kolektorSdd,
  realIad,
  deepPcb,
  folder,
];
