import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobSpec } from '../../../../local/batch/job.ts';
import { type JobTable, openJobTable } from '../../../../local/batch/job-table.ts';
import { createVirtualClock, type VirtualClock } from '../scheduler/virtual-clock.ts';

const spec = (jobId: string, arraySize?: number) => ({ jobId, arraySize }) as unknown as JobSpec;

describe('job table', () => {
  let folder: string;
  let clock: VirtualClock;
  let changes: string[];
  const tables: JobTable[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tidemill-jobs-'));
    clock = createVirtualClock('2026-11-24T12:00:00Z');
    changes = [];
  });
  afterEach(() => {
    for (const table of tables.splice(0)) table.close();
    rmSync(folder, { recursive: true });
  });

  function open(): JobTable {
    const table = openJobTable(folder, clock, ({ state }) =>
      changes.push(`${state.jobId} ${state.status}`),
    );
    tables.push(table);
    return table;
  }

  it('tells of changes of status and of nothing else', () => {
    const table = open();
    const job = table.add(spec('a'));
    const running = table.update(job, { status: 'RUNNING' });

    table.update(running, { attempts: [] });

    expect(changes).toEqual(['a SUBMITTED', 'a RUNNING']);
  });

  it('finds after a kill how far each child got', () => {
    const table = open();
    const parent = table.add(spec('a', 2));
    const [first] = table.childrenOf(parent);
    if (first) table.update(first, { status: 'SUCCEEDED' });

    const reopened = open();

    expect(reopened.childrenOf(parent).map(({ state }) => state.status)).toEqual([
      'SUCCEEDED',
      'SUBMITTED',
    ]);
  });

  it('forgets a submission that a kill cut short', () => {
    open();
    appendFileSync(join(folder, 'specs.jsonl'), '["a",{"jobId":"a","arraySize":2}]\n');
    appendFileSync(join(folder, 'states.jsonl'), '["a:0",{"jobId":"a:0","status":"SUBMITTED"}]\n');

    expect(open().all()).toEqual([]);
  });

  it('forgets jobs a week after they ended, and keeps those that have not', () => {
    const table = open();
    const stoppedAt = clock.now().getTime();
    table.update(table.add(spec('ended')), { status: 'FAILED', stoppedAt });
    table.add(spec('waiting'));

    clock.advanceTo('2026-12-02T12:00:00Z');

    expect(
      open()
        .all()
        .map(({ state }) => state.jobId),
    ).toEqual(['waiting']);
  });
});
