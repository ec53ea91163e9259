/** The entry point of jobs for the small model of tests; says which process it is. */
import { runJob } from '../../../batch/job.ts';
import { parcels } from '../../fakes/parcels.ts';

console.log(`process ${process.pid}`);
await runJob(async () => parcels);
