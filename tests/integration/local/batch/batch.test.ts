import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchClient,
  CancelJobCommand,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  SubmitJobCommand,
  type SubmitJobCommandInput,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegionIsUp } from './batch-region.ts';

/** A job that does what its parameters say, and writes down what it saw. */
const MAIN = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
const [mode, notes] = process.argv.slice(2);
const { AWS_BATCH_JOB_ARRAY_INDEX: index, AWS_BATCH_JOB_ATTEMPT: attempt } = process.env;
console.log('index ' + index + ' attempt ' + attempt);
appendFileSync(notes, JSON.stringify({ mode, index, attempt, env: process.env, cwd: process.cwd() }) + '\\n');
if (mode === 'fail-first' && index === '1' && attempt === '1') process.exit(7);
if (mode === 'fail-odd' && Number(index) % 2 === 1) process.exit(3);
if (mode === 'fail') process.exit(4);
if (mode === 'hang') setInterval(() => appendFileSync(notes + '.beat', '.'), 50);
`;

const REGION = `${import.meta.dirname}/batch-region.ts`;

describe('batch', () => {
  let folder: string;
  let region: ChildProcess;
  let client: BatchClient;

  async function boot(): Promise<void> {
    region = fork(REGION, [folder], { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
    const [{ port }] = (await once(region, 'message')) as [RegionIsUp];
    client = new BatchClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-batch-'));
    mkdirSync(join(folder, 'asset.1'));
    writeFileSync(join(folder, 'asset.1', 'main.mjs'), MAIN);
    await boot();
  });
  afterAll(() => {
    region.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const notesOf = (name: string) => join(folder, `${name}.notes`);
  const readNotes = (name: string) =>
    readFileSync(notesOf(name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { index?: string; cwd: string; env: NodeJS.ProcessEnv });

  async function submit(
    name: string,
    mode: string,
    more: Partial<SubmitJobCommandInput> = {},
  ): Promise<string> {
    const { jobId } = await client.send(
      new SubmitJobCommand({
        jobName: name,
        jobQueue: 'jobs',
        jobDefinition: 'worker',
        parameters: { mode, notes: notesOf(name) },
        ...more,
      }),
    );
    return jobId ?? '';
  }

  async function detail(jobId: string): Promise<JobDetail> {
    const { jobs } = await client.send(new DescribeJobsCommand({ jobs: [jobId] }));
    if (jobs?.[0] === undefined) throw new Error(`no job ${jobId}`);
    return jobs[0];
  }

  async function until(jobId: string, ...statuses: string[]): Promise<JobDetail> {
    for (;;) {
      const job = await detail(jobId);
      if (statuses.includes(job.status ?? '')) return job;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const ended = (jobId: string) => until(jobId, 'SUCCEEDED', 'FAILED');

  it('runs a job in its code folder with only the environment that Batch gives', async () => {
    const jobId = await submit('plain', 'ok', {
      containerOverrides: { environment: [{ name: 'COLOR', value: 'blue' }] },
    });

    const job = await ended(jobId);

    expect(job).toMatchObject({ status: 'SUCCEEDED', container: { exitCode: 0 } });
    const [{ env, cwd } = { env: {}, cwd: '' }] = readNotes('plain');
    expect(cwd).toContain(join('jobs', 'code', 'asset.1'));
    expect(env).toMatchObject({
      AWS_BATCH_JOB_ID: jobId,
      AWS_BATCH_JQ_NAME: 'jobs',
      COLOR: 'blue',
    });
    expect(env).toMatchObject({ AWS_BATCH_CE_NAME: 'machines', SIZE: 'small' });
    expect(env['VITEST']).toBeUndefined();
    expect(readdirSync(join(folder, 'state', 'jobs', 'tmp'))).toEqual([]);
  });

  it('retries the child of an array that failed, and only that', async () => {
    const jobId = await submit('flaky', 'fail-first', {
      arrayProperties: { size: 3 },
      retryStrategy: { attempts: 2 },
    });

    const job = await ended(jobId);

    expect(job.status).toBe('SUCCEEDED');
    expect(job.arrayProperties?.statusSummary).toMatchObject({ SUCCEEDED: 3, FAILED: 0 });
    const child = await detail(`${jobId}:1`);
    expect(child.attempts?.map(({ container }) => container?.exitCode)).toEqual([7, 0]);
    expect((await detail(`${jobId}:0`)).attempts).toHaveLength(1);
  });

  it('fails the array once all children ended when one failed, and what depends on it', async () => {
    const jobId = await submit('odd', 'fail-odd', { arrayProperties: { size: 4 } });
    const after = await submit('after', 'ok', { dependsOn: [{ jobId }] });

    expect(await ended(after)).toMatchObject({
      status: 'FAILED',
      statusReason: 'Dependent Job failed',
    });
    const job = await detail(jobId);
    expect(job).toMatchObject({ status: 'FAILED', statusReason: 'Array Child Job failed' });
    expect(job.arrayProperties?.statusSummary).toMatchObject({ SUCCEEDED: 2, FAILED: 2 });
    const { jobSummaryList } = await client.send(
      new ListJobsCommand({ arrayJobId: jobId, jobStatus: 'FAILED' }),
    );
    expect(jobSummaryList?.map(({ arrayProperties }) => arrayProperties?.index)).toEqual([1, 3]);
  });

  it('does not retry an exit code that the strategy gives up on', async () => {
    const jobId = await submit('final', 'fail', {
      retryStrategy: { attempts: 3, evaluateOnExit: [{ onExitCode: '4', action: 'EXIT' }] },
    });

    expect((await ended(jobId)).attempts).toHaveLength(1);
  });

  it('runs the children of a sequential array in order', async () => {
    const jobId = await submit('steps', 'ok', {
      arrayProperties: { size: 3 },
      dependsOn: [{ type: 'SEQUENTIAL' }],
    });

    expect((await ended(jobId)).status).toBe('SUCCEEDED');
    expect(readNotes('steps').map(({ index }) => index)).toEqual(['0', '1', '2']);
  });

  it('terminates what runs with the reason given, and cancels what waits', async () => {
    const running = await submit('stuck', 'hang');
    const waiting = await submit('behind', 'ok', { dependsOn: [{ jobId: running }] });
    await until(running, 'RUNNING');

    await client.send(new CancelJobCommand({ jobId: waiting, reason: 'not needed' }));
    await client.send(new TerminateJobCommand({ jobId: running, reason: 'took too long' }));

    expect(await ended(waiting)).toMatchObject({ statusReason: 'not needed', isCancelled: true });
    expect(await ended(running)).toMatchObject({
      status: 'FAILED',
      statusReason: 'took too long',
      isTerminated: true,
    });
  });

  it('ends a job that takes too long, and does not retry it', async () => {
    const jobId = await submit('slow', 'hang', { jobDefinition: 'hasty' });

    const job = await ended(jobId);

    expect(job).toMatchObject({
      status: 'FAILED',
      statusReason: 'Job attempt duration exceeded timeout',
      container: { exitCode: 143 },
    });
    expect(job.attempts).toHaveLength(1);
  });

  it.each([
    { wrong: { jobQueue: 'none' }, message: /JobQueue none not found; there are: jobs/ },
    {
      wrong: { jobDefinition: 'none' },
      message: /JobDefinition none not found; there are: worker, hasty/,
    },
    { wrong: { arrayProperties: { size: 1 } }, message: /size/ },
    { wrong: { parameters: {} }, message: /parameter 'mode' of the command has no value/ },
    { wrong: { dependsOn: [{ jobId: 'none' }] }, message: /'none', which does not exist/ },
  ])('fails with a ClientException for $wrong', async ({ wrong, message }) => {
    await expect(submit('wrong', 'ok', wrong)).rejects.toMatchObject({
      name: 'ClientException',
      message: expect.stringMatching(message),
    });
  });

  it('kills jobs with a killed region and retries them on the next start', async () => {
    const jobId = await submit('orphan', 'hang', { retryStrategy: { attempts: 2 } });
    const lost = await submit('lost', 'hang');
    await Promise.all([until(jobId, 'RUNNING'), until(lost, 'RUNNING')]);
    const waiting = await submit('patient', 'ok');
    await new Promise((resolve) => setTimeout(resolve, 300));

    region.kill('SIGKILL');
    await once(region, 'exit');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const beats = readFileSync(`${notesOf('orphan')}.beat`, 'utf8').length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(readFileSync(`${notesOf('orphan')}.beat`, 'utf8')).toHaveLength(beats);
    await boot();

    expect(await ended(lost)).toMatchObject({
      status: 'FAILED',
      statusReason: expect.stringMatching(/^Host EC2 .* terminated/),
    });
    expect((await until(jobId, 'RUNNING')).attempts).toHaveLength(1);
    expect((await ended(waiting)).status).toBe('SUCCEEDED');
    await client.send(new TerminateJobCommand({ jobId, reason: 'enough' }));
    expect((await ended(jobId)).attempts).toHaveLength(2);
  });
});
