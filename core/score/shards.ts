/** How an input is divided: into runs of whole row groups, or of whole text files. */
import type { StoredObject } from '../aws/objects.ts';
import type { Footer } from './parquet-footer.ts';

/** Rows of one object that are read, and kept or rejected, together. */
export interface Slice extends StoredObject {
  readonly partition: string;
  /** Undefined for a text file, whose rows nobody has counted. */
  readonly group?: {
    /** Number of the first row in the object, from 0. */
    readonly fromRow: number;
    readonly rows: number;
    /** Bytes [from, to) that hold them. */
    readonly from: number;
    readonly to: number;
    /** Where the object's footer begins. */
    readonly footer: number;
  };
}

export interface Shard {
  readonly partition: string;
  readonly slices: readonly Slice[];
}

export interface ShardSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Batch has no larger arrays. */
export const MOST_SHARDS = 10_000;

/** Slices of a Parquet object, one a row group. */
export function slicesOf(
  object: StoredObject,
  partition: string,
  { groups, from: footer }: Footer,
): Slice[] {
  let fromRow = 0;
  return groups.map(({ rows, from, to }) => {
    const slice = { ...object, partition, group: { fromRow, rows, from, to, footer } };
    fromRow += rows;
    return slice;
  });
}

/**
 * Fills one shard after the other up to a size. A shard lies in one partition, since its part of
 * the output does. Where there would be too many for one array, all are larger.
 */
export function divide(slices: readonly Slice[], size: ShardSize): Shard[] {
  const shards = fill(slices, size);
  if (shards.length <= MOST_SHARDS) return shards;
  return divide(slices, { rows: size.rows * 2, bytes: size.bytes * 2 });
}

function fill(slices: readonly Slice[], size: ShardSize): Shard[] {
  const shards: { partition: string; slices: Slice[] }[] = [];
  let filled = { rows: 0, bytes: 0 };
  for (const slice of slices) {
    const rows = slice.group?.rows ?? 0;
    const bytes = slice.group ? slice.group.to - slice.group.from : slice.size;
    const last = shards.at(-1);
    const fits = filled.rows + rows <= size.rows && filled.bytes + bytes <= size.bytes;
    if (last !== undefined && last.partition === slice.partition && fits) {
      last.slices.push(slice);
      filled = { rows: filled.rows + rows, bytes: filled.bytes + bytes };
    } else {
      shards.push({ partition: slice.partition, slices: [slice] });
      filled = { rows, bytes };
    }
  }
  return shards;
}
