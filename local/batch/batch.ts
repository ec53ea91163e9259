/** AWS Batch on this machine: jobs are its processes. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { openRoles } from '../credentials.ts';
import type { Place, ResourceHost } from '../resource.ts';
import type { Events, Logs, Roles } from '../services.ts';
import type { Service } from '../wire/service.ts';
import { createBatchApi } from './api.ts';
import { openCatalog } from './catalog.ts';
import { describeJob } from './describe.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Job } from './job.ts';
import { openJobTable } from './job-table.ts';
import { ownProcesses } from './job-process.ts';
import { startAttempt } from './run-attempt.ts';
import { warmProcesses } from './warm-processes.ts';

export interface BatchOptions {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly events: Events;
  /** URL of the region's port; asked for when a job starts. */
  readonly endpoint: () => string;
  /** The folder whose `node_modules` jobs use. */
  readonly projectRoot: string;
  /**
   * Whether jobs of one definition share processes, one job after the other.
   *
   * @default each attempt has its own, as it has its own container on AWS
   */
  readonly warmJobs?: boolean;
  /**
   * How many vCPUs all running jobs may hold together.
   *
   * @default the processors of this machine
   */
  readonly vcpus?: number;
  /**
   * Search path of jobs.
   *
   * @default the region's own PATH
   */
  readonly path?: string;
  /** @default any role will do */
  readonly roles?: Roles;
}

export interface Batch {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  /** Begins to run jobs; called once the template is hosted and the port is open. */
  start(): void;
  /** Kills running jobs; the next start takes them up as jobs whose host was terminated. */
  close(): Promise<void>;
}

export function createBatch(options: BatchOptions): Batch {
  const { place, clock, logs, events, endpoint, roles = openRoles() } = options;
  const folder = join(options.stateFolder, 'jobs');
  const scratchFolder = join(folder, 'tmp');
  rmSync(scratchFolder, { recursive: true, force: true });

  const catalog = openCatalog({
    folder,
    codeFolder: join(folder, 'code'),
    projectRoot: options.projectRoot,
    place,
    roles,
  });
  const table = openJobTable(folder, clock, (job) => events.emit(stateChange(job)));
  const stateChange = (job: Job) => {
    const detail = describeJob(place, table, job);
    return {
      source: 'aws.batch',
      detailType: 'Batch Job State Change',
      detail,
      resources: [String(detail['jobArn'])],
      at: clock.now(),
    };
  };
  const processes = options.warmJobs
    ? warmProcesses({ file: join(folder, 'worker.mjs'), clock })
    : ownProcesses;
  const surroundings = {
    processes,
    place,
    clock,
    logs,
    roles,
    endpoint,
    scratchFolder,
    path: options.path ?? process.env['PATH'] ?? '/usr/bin:/bin',
    computeEnvironmentOf(queueArn: string) {
      const order = catalog.queue(queueArn)?.properties.ComputeEnvironmentOrder ?? [];
      return order[0]?.ComputeEnvironment.split('/').pop() ?? '';
    },
  };
  const dispatcher = new Dispatcher({
    table,
    clock,
    vcpus: options.vcpus ?? availableParallelism(),
    priorityOf: (queueArn) => catalog.queue(queueArn)?.properties.Priority ?? 0,
    startAttempt: (job) => startAttempt(job, surroundings),
  });

  return {
    service: createBatchApi({ place, catalog, table, dispatcher }),
    hosts: catalog.hosts,
    start: () => dispatcher.start(),
    async close() {
      await dispatcher.close();
      await processes.close();
      table.close();
      catalog.close();
    },
  };
}
