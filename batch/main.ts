/**
 * Entry point of all jobs. All else comes by a dynamic import, so that a host which runs job after
 * job in one process evaluates this file again and nothing more.
 */
const { loadModel } = await import('../models/index.ts');

if (process.argv[2] === 'smoke') await (await import('./smoke.ts')).runSmoke(loadModel);
else await (await import('./job.ts')).runJob(loadModel);
