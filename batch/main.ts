/** Entry point of all jobs. */
import { loadModel } from '../models/index.ts';
import { runJob } from './job.ts';

await runJob(loadModel);
