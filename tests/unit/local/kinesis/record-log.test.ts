import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordLog } from '../../../../local/kinesis/record-log.ts';

let folder: string;
let log: RecordLog;
const open = (): void => {
  log = new RecordLog({ folder, segmentBytes: 1000, memoryBytes: 300 });
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-log-'));
  open();
});
afterEach(() => {
  log.close();
  rmSync(folder, { recursive: true });
});

const data = (count: number): string => Buffer.from(`record ${count}`).toString('base64');

/** Puts blocks of three records, one at each time. */
function append(shardId: string, first: number, ...times: readonly number[]): void {
  for (const [index, at] of times.entries()) {
    const start = first + index * 3;
    const records = [0, 1, 2].map((more) => ({ key: 'é"', data: data(start + more) }));
    log.append([{ shardId, first: start, count: 3, at, records }]);
  }
}

function countsFrom(count: number, oldestAt = 0, shardId = 'a'): number[] {
  return [...log.from(shardId, count, oldestAt)].flatMap(({ first, records }) =>
    records.map((record, index) => {
      expect(record).toEqual({ key: 'é"', data: data(first + index) });
      return first + index;
    }),
  );
}

const upTo = (first: number, end: number): number[] =>
  Array.from({ length: end - first }, (_, index) => first + index);

describe('a log of records', () => {
  it('gives back what left its memory long ago, and what is in another file', () => {
    append('a', 0, ...upTo(0, 20));

    expect(readdirSync(folder).length).toBeGreaterThan(1);
    expect(countsFrom(0)).toEqual(upTo(0, 60));
    expect(countsFrom(31)).toEqual(upTo(30, 60));
    expect(log.next).toBe(60);
  });

  it('keeps shards apart', () => {
    append('a', 0, 1);
    append('b', 3, 1);

    expect(countsFrom(0, 0, 'b')).toEqual([3, 4, 5]);
    expect(countsFrom(0, 0, 'c')).toEqual([]);
  });

  it('skips what is too old, and finds what came since', () => {
    append('a', 0, 10, 20, 30);

    expect(countsFrom(0, 20)).toEqual(upTo(3, 9));
    expect(log.firstSince('a', 11)).toBe(3);
    expect(log.firstSince('a', 31)).toBeUndefined();
  });

  it('is the same after it was opened again', () => {
    append('a', 0, ...upTo(0, 20));
    log.close();
    open();
    append('a', 60, 20);

    expect(countsFrom(0)).toEqual(upTo(0, 63));
  });

  it('deletes files that hold nothing young, but not the newest, which knows how far it came', () => {
    append('a', 0, ...upTo(0, 20));
    log.trim(15);
    const kept = countsFrom(0);
    log.trim(1000);

    expect(kept.at(-1)).toBe(59);
    expect(kept[0]).toBeGreaterThan(0);
    // Records that arrived at 15 are numbers 45 to 47.
    expect(kept[0]).toBeLessThanOrEqual(45);
    expect(readdirSync(folder)).toHaveLength(1);
    log.close();
    open();
    expect(log.next).toBe(60);
  });

  it.each([
    { how: 'within its records', cut: -20 },
    { how: 'within the line before them', cut: -130 },
  ])('drops a last block that was cut off $how, and goes on', ({ cut }) => {
    append('a', 0, 1, 2);
    log.close();
    const file = join(folder, readdirSync(folder)[0]!);
    const { size } = statSync(file);
    truncateSync(file, size + cut);
    open();
    append('a', 3, 3);

    expect(countsFrom(0)).toEqual(upTo(0, 6));
    log.close();
    open();
    expect(countsFrom(0)).toEqual(upTo(0, 6));
  });
});
