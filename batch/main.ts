/**
 * Entry point of all jobs. All else comes by a dynamic import, so that a host which runs job after
 * job in one process evaluates this file again and nothing more.
 */
const [{ loadModel }, { runJob }] = await Promise.all([
  import('../models/index.ts'),
  import('./job.ts'),
]);

await runJob(loadModel);
