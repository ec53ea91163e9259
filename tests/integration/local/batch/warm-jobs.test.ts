import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchClient, DescribeJobsCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Batch, createBatch } from '../../../../local/batch/batch.ts';
import { VirtualClock } from '../../../../local/virtual-clock.ts';
import { createPort, type Port } from '../../../../local/wire/port.ts';

/** Counts itself in a module of its own, which stays loaded, and ends some time after its last line. */
const MAIN = `
import { appendFileSync } from 'node:fs';
import { state } from './state.mjs';
const [mode, notes] = process.argv.slice(2);
state.jobs += 1;
console.log('job says ' + mode);
const { OWN, AWS_BATCH_JOB_ID: id, TMPDIR } = process.env;
const note = { mode, pid: process.pid, jobs: state.jobs, own: OWN, id, now: new Date().toISOString(),
  scratch: TMPDIR };
process.once('SIGTERM', () => process.exit(1));
setTimeout(() => {
  appendFileSync(notes, JSON.stringify(note) + '\\n');
  if (mode === 'throw') throw new Error('of the job');
  if (mode === 'exit') process.exit(7);
  if (mode === 'code') process.exitCode = 3;
}, 20);
`;

/** As the stack's own jobs begin. */
const BOOTSTRAP = `
const { resolve } = require('node:path');
process.argv.splice(1, 0, resolve('main.mjs'));
import(require('node:url').pathToFileURL(resolve('main.mjs')).href);
`;

interface Note {
  readonly mode: string;
  readonly pid: number;
  readonly jobs: number;
  readonly own?: string;
  readonly id: string;
  readonly now: string;
  readonly scratch: string;
}

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

describe('jobs that share a process', () => {
  let folder: string;
  let clock: VirtualClock;
  let batch: Batch;
  let port: Port;
  let client: BatchClient;
  const lines: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-warm-'));
    mkdirSync(join(folder, 'asset.1'));
    writeFileSync(join(folder, 'asset.1', 'main.mjs'), MAIN);
    writeFileSync(join(folder, 'asset.1', 'state.mjs'), 'export const state = { jobs: 0 };');
    clock = new VirtualClock(new Date('2001-03-01T04:00:00Z'));
    let endpoint = '';
    batch = createBatch({
      stateFolder: join(folder, 'state'),
      place,
      clock,
      logs: { write: (_group, _stream, line) => void lines.push(line) },
      events: { emit: () => undefined },
      endpoint: () => endpoint,
      projectRoot: process.cwd(),
      vcpus: 1,
      warmJobs: true,
    });
    const definition = (name: string, command: string[]) => ({
      type: 'AWS::Batch::JobDefinition',
      assetPath: join(folder, 'asset.1'),
      properties: {
        JobDefinitionName: name,
        Type: 'container',
        ContainerProperties: { Image: 'x', Command: command },
      },
    });
    const resources = [
      {
        type: 'AWS::Batch::JobQueue',
        properties: {
          JobQueueName: 'jobs',
          Priority: 1,
          ComputeEnvironmentOrder: [{ ComputeEnvironment: 'x/machines', Order: 1 }],
        },
      },
      definition('file', ['node', 'main.mjs', 'Ref::mode', 'Ref::notes']),
      definition('script', ['node', '--eval', BOOTSTRAP, '--', 'Ref::mode', 'Ref::notes']),
      definition('shell', ['/bin/sh', '-c', 'echo $0 >> Ref::notes', 'Ref::mode']),
    ];
    for (const resource of resources) {
      const host = batch.hosts.find(({ types }) => types.includes(resource.type));
      await host?.create({ logicalId: resource.type, defaultName: 'unnamed', ...resource });
    }
    port = createPort({ services: [batch.service], port: 0 });
    endpoint = `http://127.0.0.1:${await port.listen()}`;
    client = new BatchClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    batch.start();
  });
  afterAll(async () => {
    await batch.close();
    await port.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs a job to its end; returns its exit code. */
  async function run(definition: string, mode: string, own?: string): Promise<number | undefined> {
    const { jobId = '' } = await client.send(
      new SubmitJobCommand({
        jobName: mode,
        jobQueue: 'jobs',
        jobDefinition: definition,
        parameters: { mode, notes: join(folder, 'notes') },
        ...(own !== undefined && {
          containerOverrides: { environment: [{ name: 'OWN', value: own }] },
        }),
      }),
    );
    await clock.quiet();
    const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [jobId] }));
    return jobs[0]?.attempts?.[0]?.container?.exitCode;
  }

  const notes = (): Note[] =>
    readFileSync(join(folder, 'notes'), 'utf8')
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Note);

  it.each(['file', 'script'])('run anew in it, with their own surroundings: %s', async (kind) => {
    const before = kind === 'file' ? 0 : notes().length;
    expect(await run(kind, 'one', 'mine')).toBe(0);
    await clock.advanceTo(new Date(clock.now().getTime() + 3_600_000));
    expect(await run(kind, 'two')).toBe(0);

    const [first, second] = notes().slice(before);
    expect(first).toMatchObject({ mode: 'one', jobs: 1, own: 'mine' });
    expect(second).toMatchObject({ mode: 'two', jobs: 2, pid: first?.pid });
    expect(second).not.toHaveProperty('own');
    expect(new Set([first?.id, second?.id])).toHaveLength(2);
    expect(new Set([first?.scratch, second?.scratch])).toHaveLength(2);
    expect(lines.slice(-2)).toEqual(['job says one', 'job says two']);
  });

  it('are told the time of the region, which stands still while they run', async () => {
    await run('file', 'timed');

    expect(notes().at(-1)?.now).toBe(clock.now().toISOString());
  });

  it.each([
    ['exit', 7],
    ['code', 3],
    ['throw', 1],
  ])('fail alone, and leave no process to others: %s', async (mode, code) => {
    await run('file', 'before');
    expect(await run('file', mode)).toBe(code);
    const failed = notes().at(-1)?.pid;

    expect(await run('file', 'after')).toBe(0);
    expect(notes().at(-1)).toMatchObject({ mode: 'after', jobs: 1 });
    expect(notes().at(-1)?.pid).not.toBe(failed);
  });

  it('have a process of their own where they are no Node program', async () => {
    expect(await run('shell', 'shell')).toBe(0);

    expect(readFileSync(join(folder, 'notes'), 'utf8')).toContain('shell\n');
  });
});
