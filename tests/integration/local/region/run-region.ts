/** Runs a region until it is killed: `run-region.ts <cloud assembly> <state folder>`; prints its endpoint. */
import { systemClock } from '../../../../local/clock.ts';
import { createRegion } from '../../../../local/region.ts';
import { projectRoot } from './small-stack.ts';

const [, , cloudAssembly = '', stateFolder = ''] = process.argv;
const region = createRegion({
  cloudAssembly,
  stateFolder,
  projectRoot,
  port: 0,
  clock: systemClock,
});
await region.start();
console.log(JSON.stringify({ endpoint: region.endpoint, outputs: region.outputs }));
