/** The list of part families. A new family is one file here and one line below. */
import { assert } from '@agentiad/core/support/assert.ts';
import type { Family } from '../types.ts';
import { blisterPack } from './blisterPack.ts';
import { bottleCap } from './bottleCap.ts';
import { brushedDisc } from './brushedDisc.ts';
import { circuitBoard } from './circuitBoard.ts';
import { dialFace } from './dialFace.ts';
import { glazedTile } from './glazedTile.ts';
import { leather } from './leather.ts';
import { pinConnector } from './pinConnector.ts';
import { printedLabel } from './printedLabel.ts';
import { rubberGasket } from './rubberGasket.ts';
import { spurGear } from './spurGear.ts';
import { woodPlank } from './woodPlank.ts';
import { wovenFabric } from './wovenFabric.ts';

const FAMILIES: readonly Family[] = [
  brushedDisc,
  spurGear,
  circuitBoard,
  blisterPack,
  pinConnector,
  printedLabel,
  wovenFabric,
  woodPlank,
  glazedTile,
  rubberGasket,
  leather,
  bottleCap,
  dialFace,
];

export function listFamilies(): readonly Family[] {
  return FAMILIES;
}

export function familyByName(name: string): Family {
  const family = FAMILIES.find((candidate) => candidate.name === name);
  assert(family, `unknown part family ${name}; known: ${FAMILIES.map((f) => f.name).join(', ')}`);
  return family;
}
