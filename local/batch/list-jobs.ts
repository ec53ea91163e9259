/** ListJobs: the jobs of a queue or the children of an array, by status or by filter. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { number, parseInput } from '../wire/input.ts';
import type { Input, Output } from '../wire/operations.ts';
import type { Place } from '../resource.ts';
import type { Catalog } from './catalog.ts';
import { summarizeJob } from './describe.ts';
import { type Job, JOB_STATUSES } from './job.ts';
import type { JobTable } from './job-table.ts';

const ListJobs = z.object({
  jobQueue: z.string().optional(),
  arrayJobId: z.string().optional(),
  jobStatus: z.enum(JOB_STATUSES).optional(),
  maxResults: number.optional(),
  nextToken: z.string().optional(),
  filters: z
    .array(
      z.object({
        name: z.enum(['JOB_NAME', 'JOB_DEFINITION', 'BEFORE_CREATED_AT', 'AFTER_CREATED_AT']),
        values: z.array(z.string()).min(1),
      }),
    )
    .max(1)
    .default([]),
});
type Request = z.output<typeof ListJobs>;

const LARGEST_PAGE = 1000;

export interface ListParts {
  readonly place: Place;
  readonly catalog: Catalog;
  readonly table: JobTable;
}

/** Newest first. Without a status and a filter, AWS lists what is RUNNING; with a filter, all. */
export function listJobs({ place, catalog, table }: ListParts, input: Input): Output {
  const request = parseInput(ListJobs, input, 'ClientException');
  const status = request.jobStatus ?? (request.filters.length > 0 ? undefined : 'RUNNING');
  const found = candidates(request, catalog, table)
    .filter(({ state }) => request.filters.length > 0 || state.status === status)
    .filter((job) =>
      request.filters.every(({ name, values }) =>
        values.some((value) => FILTERS[name](job, value)),
      ),
    );
  const start = Number(request.nextToken ?? 0);
  const end = start + Math.min(request.maxResults ?? LARGEST_PAGE, LARGEST_PAGE);
  return {
    jobSummaryList: found.slice(start, end).map((job) => summarizeJob(place, table, job)),
    nextToken: end < found.length ? String(end) : undefined,
  };
}

function candidates(request: Request, catalog: Catalog, table: JobTable): Job[] {
  if (request.arrayJobId !== undefined) {
    const parent = table.get(request.arrayJobId);
    if (parent === undefined) {
      throw new AwsError('ClientException', `array job '${request.arrayJobId}' does not exist`);
    }
    return table.childrenOf(parent);
  }
  if (request.jobQueue === undefined) {
    throw new AwsError('ClientException', 'ListJobs needs one of jobQueue and arrayJobId');
  }
  const queue = catalog.queue(request.jobQueue);
  if (queue === undefined) {
    throw new AwsError('ClientException', `JobQueue ${request.jobQueue} not found`);
  }
  return table
    .all()
    .filter(({ spec, index }) => spec.queueArn === queue.arn && index === undefined)
    .toReversed();
}

type Filter = Request['filters'][number]['name'];

const FILTERS: Readonly<Record<Filter, (job: Job, value: string) => boolean>> = {
  JOB_NAME: ({ spec }, glob) => globMatches(glob, spec.jobName),
  JOB_DEFINITION: ({ spec }, glob) =>
    glob === spec.definitionArn || globMatches(glob, definitionNameOf(spec.definitionArn)),
  BEFORE_CREATED_AT: ({ state }, time) => state.createdAt < Number(time),
  AFTER_CREATED_AT: ({ state }, time) => state.createdAt > Number(time),
};

/** The name in `arn:aws:batch:<region>:<account>:job-definition/<name>:<revision>`. */
function definitionNameOf(definitionArn: string): string {
  return definitionArn.split('/').pop()?.split(':')[0] ?? '';
}

function globMatches(glob: string, name: string): boolean {
  const [wanted, given] = [glob.toLowerCase(), name.toLowerCase()];
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}
