/** What the region keeps of a job: what was asked for, and how far it got. */

export const JOB_STATUSES = [
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export interface Dependency {
  /** Absent for the job's own SEQUENTIAL order of its children. */
  readonly jobId?: string | undefined;
  readonly type?: 'N_TO_N' | 'SEQUENTIAL' | undefined;
}

/** One line of a retry strategy; the globs that are given must all match. */
export interface ExitRule {
  readonly action: 'RETRY' | 'EXIT';
  readonly onExitCode?: string | undefined;
  readonly onReason?: string | undefined;
  readonly onStatusReason?: string | undefined;
}

export interface RetryStrategy {
  /** How often the job may run in all, 1 to 10. */
  readonly attempts: number;
  readonly evaluateOnExit: readonly ExitRule[];
}

export interface ResourceRequirement {
  readonly type: 'VCPU' | 'MEMORY' | 'GPU';
  readonly value: string;
}

/** What a submission asked for, with everything of its definition filled in. Never changes. */
export interface JobSpec {
  readonly jobId: string;
  readonly jobName: string;
  readonly queueArn: string;
  readonly definitionArn: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly requirements: readonly ResourceRequirement[];
  readonly jobRoleArn?: string | undefined;
  readonly executionRoleArn?: string | undefined;
  readonly retry: RetryStrategy;
  readonly timeoutSeconds?: number | undefined;
  readonly dependsOn: readonly Dependency[];
  /** Number of children of an array job. */
  readonly arraySize?: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Where the output goes in CloudWatch Logs. */
  readonly logs: { readonly group: string; readonly streamPrefix: string };
  /** Folder with the code that the command runs in. */
  readonly codeFolder: string;
}

interface Attempt {
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly statusReason: string;
  readonly logStreamName: string;
}

/** How far a job, or one child of an array job, got. Times are epoch milliseconds. */
export interface JobState {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly statusReason?: string | undefined;
  readonly createdAt: number;
  readonly startedAt?: number | undefined;
  readonly stoppedAt?: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly logStreamName?: string | undefined;
  readonly cancelled?: boolean | undefined;
  readonly terminated?: boolean | undefined;
}

export interface Job {
  readonly spec: JobSpec;
  readonly state: JobState;
  /** Place in the array, for a child. */
  readonly index?: number | undefined;
}

export function isFinished(state: JobState): boolean {
  return state.status === 'SUCCEEDED' || state.status === 'FAILED';
}

/** An array job's parent runs nothing itself. */
export function isArrayParent(job: Job): boolean {
  return job.spec.arraySize !== undefined && job.index === undefined;
}

export function childId(parentId: string, index: number): string {
  return `${parentId}:${index}`;
}

/** Splits `<id>:<index>`; the index is absent for a job that is no child. */
export function parseJobId(jobId: string): { readonly parentId: string; readonly index?: number } {
  const [parentId = '', index] = jobId.split(':');
  return index === undefined ? { parentId } : { parentId, index: Number(index) };
}

/** How many of the machine's processors a job asks for. */
export function vcpusOf(spec: JobSpec): number {
  const asked = spec.requirements.find(({ type }) => type === 'VCPU');
  return asked === undefined ? 1 : Number(asked.value);
}
