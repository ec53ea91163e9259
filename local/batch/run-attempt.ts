/** One attempt of a job: a process of this machine with the environment that Batch would give it. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Principal } from '../iam/principal.ts';
import type { Place } from '../resource.ts';
import type { Logs, Roles } from '../services.ts';
import type { JobProcesses } from './job-process.ts';
import type { Job } from './job.ts';
import type { Ending } from './retry.ts';

/** What jobs find around them. */
export interface JobSurroundings {
  readonly place: Place;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly processes: JobProcesses;
  readonly roles: Roles;
  /** URL of the region's port. */
  readonly endpoint: () => string;
  /** Folder under which each attempt gets a temporary folder. */
  readonly scratchFolder: string;
  /** Search path for the commands of jobs. */
  readonly path: string;
  readonly computeEnvironmentOf: (queueArn: string) => string;
}

export interface RunningAttempt {
  readonly ended: Promise<Ending>;
  /** Asks the process to stop, and makes it stop 30 s later; `statusReason` becomes the ending's. */
  stop(statusReason: string): void;
  /** Ends it at once. */
  kill(): void;
}

export const TIMEOUT_REASON = 'Job attempt duration exceeded timeout';
const EXITED_REASON = 'Essential container in task exited';
const STOP_GRACE_MS = 30_000;

/** Where the next attempt's output goes within the log group. */
export function logStreamOf(job: Job): string {
  const attempt = job.state.attempts.length + 1;
  const suffix = attempt === 1 ? '' : `-${attempt}`;
  return `${job.spec.logs.streamPrefix}/default/${job.state.jobId}${suffix}`;
}

/** Starts the next attempt of a job. Its time limit counts real time, whatever the region's clock. */
export function startAttempt(job: Job, around: JobSurroundings): RunningAttempt {
  const attempt = job.state.attempts.length + 1;
  const { group } = job.spec.logs;
  const logger = loggerOf(job);
  const stream = logStreamOf(job);
  const scratch = join(around.scratchFolder, `${job.state.jobId.replace(':', '-')}-${attempt}`);
  mkdirSync(scratch, { recursive: true });
  const child = around.processes.start({
    command: job.spec.command,
    environment: environmentOf(job, attempt, scratch, around),
    folder: job.spec.codeFolder,
    definition: job.spec.definitionArn,
    onLine: (line) => around.logs.write(group, stream, line, around.clock.now(), logger),
  });

  let statusReason = EXITED_REASON;
  let grace: NodeJS.Timeout | undefined;
  const stop = (reason: string): void => {
    if (grace !== undefined) return;
    statusReason = reason;
    child.kill('SIGTERM');
    grace = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  };
  const limitSeconds = job.spec.timeoutSeconds;
  const limit =
    limitSeconds === undefined
      ? undefined
      : setTimeout(() => stop(TIMEOUT_REASON), limitSeconds * 1000);

  const ended = child.ended.then((exitCode) => {
    clearTimeout(grace);
    clearTimeout(limit);
    rmSync(scratch, { recursive: true, force: true });
    return { exitCode, statusReason };
  });
  return { ended, stop, kill: () => child.kill('SIGKILL') };
}

/** What a container prints is logged with the role that starts it. */
function loggerOf({ spec }: Job): Principal {
  const session = nameOf(spec.definitionArn);
  return { kind: 'role', roleArn: spec.executionRoleArn ?? '', session };
}

/** Name of a definition, without its revision. */
function nameOf(definitionArn: string): string {
  return (definitionArn.split('/').pop() ?? '').split(':', 1)[0] ?? '';
}

function environmentOf(
  job: Job,
  attempt: number,
  scratch: string,
  around: JobSurroundings,
): Record<string, string> {
  const { spec, state, index } = job;
  return {
    PATH: `${dirname(process.execPath)}:${around.path}`,
    HOME: scratch,
    TMPDIR: scratch,
    AWS_REGION: around.place.region,
    AWS_DEFAULT_REGION: around.place.region,
    AWS_ENDPOINT_URL: around.endpoint(),
    ...around.roles.issue(spec.jobRoleArn ?? '', nameOf(spec.definitionArn)),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...spec.environment,
    AWS_BATCH_JOB_ID: state.jobId,
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    AWS_BATCH_JQ_NAME: spec.queueArn.split('/').pop() ?? '',
    AWS_BATCH_CE_NAME: around.computeEnvironmentOf(spec.queueArn),
    ...(index !== undefined && {
      AWS_BATCH_JOB_ARRAY_INDEX: String(index),
      AWS_BATCH_JOB_ARRAY_SIZE: String(spec.arraySize),
    }),
  };
}
