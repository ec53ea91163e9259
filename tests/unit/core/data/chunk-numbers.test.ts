import { DOUBLE, DuckDBDataChunk, FLOAT, SMALLINT, UINTEGER, UTINYINT } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { fillColumn, numbersOf } from '../../../../core/data/chunk-numbers.ts';

describe('numbers of a chunk', () => {
  it('are what was written as each type', () => {
    const columns = [
      Uint8Array.of(0, 255),
      Int16Array.of(-1, 10_000),
      Uint32Array.of(0, 4_294_967_295),
      Float64Array.of(-0.1, Number.NaN),
    ];
    const chunk = DuckDBDataChunk.create([UTINYINT, SMALLINT, UINTEGER, DOUBLE], 2);
    for (const [at, column] of columns.entries()) chunk.setColumnValues(at, [...column]);

    expect(columns.map((_, at) => numbersOf(chunk, at))).toEqual(columns);
  });

  it('are written as they are read', () => {
    const chunk = DuckDBDataChunk.create([UINTEGER, DOUBLE], 3);

    fillColumn(chunk, 0, Uint32Array.of(7, 8, 4_294_967_295));
    fillColumn(chunk, 1, Float64Array.of(0, 1 / 3, 2, 3).subarray(1));

    expect(chunk.getColumnValues(0)).toEqual([7, 8, 4_294_967_295]);
    expect(chunk.getColumnValues(1)).toEqual([1 / 3, 2, 3]);
  });

  it('fails on a column of another type, whose memory would mean something else', () => {
    const chunk = DuckDBDataChunk.create([FLOAT], 1);

    expect(() => numbersOf(chunk, 0)).toThrow('column 0 is FLOAT; select it as DOUBLE');
  });
});
