/** Starting a model's pipelines and following their jobs, on the laptop as on AWS. */
import { BatchClient, DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { outputOf, type Target } from '../target.ts';
import type { Report } from '../terminal.ts';

export interface PipelineRequest {
  readonly pipeline: 'train' | 'score' | 'monitor' | 'rebuild';
  /** ISO 8601, UTC. */
  readonly asOf: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** @default 'manual' */
  readonly trigger?: string;
}

const Started = z.object({
  runId: z.string(),
  jobs: z.array(z.object({ step: z.string(), jobId: z.string() })),
  skipped: z.string().optional(),
});
export type StartedPipeline = z.infer<typeof Started>;

const POLL_MS = 400;
const DEFAULT_LOG_GROUP = '/aws/batch/job';

/** Starts a pipeline. @throws {Error} with the function's own words if it refuses */
export async function startPipeline(
  target: Target,
  model: string,
  request: PipelineRequest,
): Promise<StartedPipeline> {
  const answer = await new LambdaClient().send(
    new InvokeCommand({
      FunctionName: target.output(outputOf(model, 'PipelineFunction')),
      Payload: JSON.stringify({ trigger: 'manual', ...request }),
    }),
  );
  const payload: unknown = JSON.parse(answer.Payload?.transformToString() ?? 'null');
  if (answer.FunctionError !== undefined) {
    const { data } = z.object({ errorMessage: z.string() }).safeParse(payload);
    throw new Error(`${request.pipeline} of '${model}' was refused: ${data?.errorMessage ?? ''}`);
  }
  const started = Started.parse(payload);
  if (started.skipped !== undefined) {
    throw new Error(`${request.pipeline} of '${model}' was not started: ${started.skipped}`);
  }
  return started;
}

/**
 * Waits until every job of a pipeline has ended, reporting the newest line of whatever runs.
 *
 * @throws {Error} with the reason and the end of the log of the first job that failed
 */
export async function followPipeline({ jobs }: StartedPipeline, report: Report): Promise<void> {
  const batch = new BatchClient();
  const steps = new Map(jobs.map(({ jobId, step }) => [jobId, step]));
  for (;;) {
    const answer = await batch.send(new DescribeJobsCommand({ jobs: [...steps.keys()] }));
    const details = answer.jobs ?? [];
    const failed = details.find(({ status }) => status === 'FAILED');
    if (failed) throw await failure(batch, failed, steps.get(failed.jobId ?? '') ?? '?');
    if (details.length > 0 && details.every(({ status }) => status === 'SUCCEEDED')) return;
    const running = details.find(isAtWork);
    if (running) report(await progressOf(batch, running, steps.get(running.jobId ?? '') ?? '?'));
    await wait(POLL_MS);
  }
}

/** The parent of an array is pending until its last child has ended. */
function isAtWork({ status, arrayProperties }: JobDetail): boolean {
  const children = arrayProperties?.statusSummary?.['RUNNING'] ?? 0;
  return status === 'RUNNING' || status === 'STARTING' || children > 0;
}

async function progressOf(batch: BatchClient, job: JobDetail, step: string): Promise<string> {
  const at = `${step} ${job.arrayProperties ? arrayProgress(job) : ''}`.trim();
  const [child] = job.arrayProperties ? await childrenOf(batch, job, ['RUNNING']) : [job];
  const lines = child ? await logOf(child, 1) : [];
  return [at, ...lines.map(withoutClock)].join(': ');
}

/** A job begins its lines with its own seconds and step, which the terminal shows anyway. */
function withoutClock(line: string): string {
  return line.replace(/^\s*[\d.]+ s\s+\S+\s+/, '');
}

function arrayProgress({ arrayProperties }: JobDetail): string {
  const done = arrayProperties?.statusSummary?.['SUCCEEDED'] ?? 0;
  return `${done}/${arrayProperties?.size ?? '?'} children`;
}

async function failure(batch: BatchClient, job: JobDetail, step: string): Promise<Error> {
  const [child = job] = job.arrayProperties ? await childrenOf(batch, job, ['FAILED']) : [job];
  const reason = child.container?.reason ?? child.statusReason ?? 'no reason given';
  const log = (await logOf(child, 12)).map((line) => `    ${line}`).join('\n');
  return new Error(`step '${step}' failed (${reason})\n${log}`);
}

async function childrenOf(
  batch: BatchClient,
  { jobId, arrayProperties }: JobDetail,
  statuses: readonly string[],
): Promise<JobDetail[]> {
  const size = Math.min(arrayProperties?.size ?? 0, 100);
  const ids = Array.from({ length: size }, (_, index) => `${jobId}:${index}`);
  const answer = await batch.send(new DescribeJobsCommand({ jobs: ids }));
  return (answer.jobs ?? []).filter(({ status = '' }) => statuses.includes(status));
}

/** The last lines a job printed for people; metrics, which are JSON, are left out. */
async function logOf(job: JobDetail, lines: number): Promise<string[]> {
  const logStreamName = job.container?.logStreamName;
  if (logStreamName === undefined) return [];
  const logGroupName =
    job.container?.logConfiguration?.options?.['awslogs-group'] ?? DEFAULT_LOG_GROUP;
  const answer = await new CloudWatchLogsClient()
    .send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 50 }))
    .catch(() => undefined);
  return (answer?.events ?? [])
    .map(({ message = '' }) => message)
    .filter((message) => message.trim() !== '' && !message.startsWith('{'))
    .slice(-lines);
}
