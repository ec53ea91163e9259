/** Starting jobs, as the domain asks it of AWS Batch. */
import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';

export interface Job {
  readonly name: string;
  /** Job definition, by name or ARN. */
  readonly definition: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Children of an array job, at least 2. @default no array */
  readonly children?: number;
  /** Ids of jobs that must have succeeded before. */
  readonly dependsOn: readonly string[];
}

export interface JobQueue {
  /** @returns the job's id */
  submit(job: Job): Promise<string>;
  /** Which of some jobs will not succeed any more: they failed, or nobody knows them any longer. */
  lost(jobIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Most jobs that Batch describes in one answer. */
const DESCRIBED_AT_ONCE = 100;

/** @param client @default one that the environment configures */
export function batchQueue(queue: string, client: BatchClient = new BatchClient({})): JobQueue {
  return {
    submit: async ({ name, definition, parameters, children, dependsOn }) => {
      const { jobId } = await client.send(
        new SubmitJobCommand({
          jobName: name.slice(0, 128),
          jobQueue: queue,
          jobDefinition: definition,
          parameters,
          dependsOn: dependsOn.map((id) => ({ jobId: id })),
          ...(children !== undefined && { arrayProperties: { size: children } }),
        }),
      );
      if (jobId === undefined) throw new Error(`Batch gave no id for job '${name}'`);
      return jobId;
    },
    lost: async (jobIds) => {
      const lost = new Set(jobIds);
      for (let from = 0; from < jobIds.length; from += DESCRIBED_AT_ONCE) {
        const jobs = jobIds.slice(from, from + DESCRIBED_AT_ONCE);
        const described = await client.send(new DescribeJobsCommand({ jobs }));
        for (const { jobId = '', status } of described.jobs ?? []) {
          if (status !== 'FAILED') lost.delete(jobId);
        }
      }
      return lost;
    },
  };
}
