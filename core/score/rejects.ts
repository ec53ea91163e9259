/** Rows that could not be scored, each once, with what was wrong. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { openGzipLines } from '../data/gzip-lines.ts';
import type { Problem } from '../model/problem.ts';
import type { RowReader } from '../serve/validate.ts';
import type { SuspectRow } from './gathered-rows.ts';
import type { RowBatch } from './row-batch.ts';

/** One line of a rejects file. */
export interface Reject {
  readonly key: string;
  /** Number of the row in its object, from 0. */
  readonly row: number;
  readonly values: SuspectRow['values'];
  readonly problems: readonly Problem[];
}

/** Rows of which nothing could be read: as many lines would say the same. */
export interface RejectedRange {
  readonly key: string;
  readonly fromRow: number;
  readonly rows: number;
  readonly problems: readonly Problem[];
}

export function rejectOfRange(
  key: string,
  { fromRow, rows }: { readonly fromRow: number; readonly rows: number },
  reason: string,
): RejectedRange {
  const expected = 'a row group that can be read, with every declared column';
  return { key, fromRow, rows, problems: [{ pointer: '', got: reason, expected }] };
}

const BROKEN: Problem = {
  pointer: '',
  got: 'a line that is no JSON object',
  expected: 'an object with one value a feature',
};

/** Suspects that are rejected, and those of them that can be scored after all. */
export function rejectsOf(
  key: string,
  suspects: readonly SuspectRow[],
  readRows: RowReader,
): {
  readonly rejected: readonly Reject[];
  readonly cleared?: Pick<RowBatch, 'batch' | 'rows' | 'valuesOf'>;
} {
  if (suspects.length === 0) return { rejected: [] };
  const broken = suspects
    .filter((suspect) => suspect.broken)
    .map(({ row, values }) => ({ key, row, values, problems: [BROKEN] }));
  const whole = suspects.filter((suspect) => !suspect.broken);
  const read = readRows(whole.map(({ values }) => values));
  const rejected = read.rejected.map(({ row: at, problems }) => {
    const { row, values } = whole[at]!;
    return { key, row, values, problems };
  });
  const all = [...broken, ...rejected].toSorted((a, b) => a.row - b.row);
  if (read.accepted.length === 0) return { rejected: all };
  const accepted = read.accepted.map((at) => whole[at]!);
  return {
    rejected: all,
    cleared: {
      batch: read.batch,
      rows: Uint32Array.from(accepted, ({ row }) => row),
      valuesOf: (at) => accepted[at]!.values,
    },
  };
}

/** Rejects of a slice, which may all have to be forgotten. */
export interface PendingRejects {
  write(rejects: readonly unknown[]): Promise<void>;
  keep(): Promise<void>;
  discard(): Promise<void>;
}

export interface RejectFile {
  begin(): PendingRejects;
  /** Adds one line that stands for many rows. */
  add(reject: RejectedRange, rows: number): Promise<void>;
  /** Rows that were rejected so far. */
  total(): number;
}

/** Compressed lines; what is pending lies in a file beside, since it may not fit into memory. */
export async function openRejects(path: string): Promise<RejectFile> {
  await writeFile(path, '');
  let total = 0;
  const begin = (): PendingRejects => {
    const beside = `${path}.pending`;
    const lines = openGzipLines(beside);
    let count = 0;
    const end = async (kept: boolean): Promise<void> => {
      await lines.close();
      // One gzip file behind another is a gzip file (RFC 1952, section 2.2).
      if (kept && count > 0) {
        await pipeline(createReadStream(beside), createWriteStream(path, { flags: 'a' }));
        total += count;
      }
      await rm(beside, { force: true });
    };
    return {
      write: async (rejects) => {
        await lines.write(rejects);
        count += rejects.length;
      },
      keep: () => end(true),
      discard: () => end(false),
    };
  };
  return {
    begin,
    add: async (reject, rows) => {
      const pending = begin();
      await pending.write([reject]);
      await pending.keep();
      total += rows - 1;
    },
    total: () => total,
  };
}
