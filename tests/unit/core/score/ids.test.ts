import { DuckDBDataChunk, UUID } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fillColumn } from '../../../../core/data/chunk-numbers.ts';
import { idsOfRows } from '../../../../core/score/ids.ts';

const KEY = 'datasets/flight-delay/dt=2001-05-02/flights.parquet';

describe('idsOfRows', () => {
  it('names the object by its hash and the row by its number, as a UUID of version 8', () => {
    const hash = createHash('sha256').update(`flight-delay/${KEY}`).digest('hex');

    const id = idsOfRows('flight-delay', KEY).text(0xabcdef);

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-000000abcdef$/);
    expect(id.slice(0, 13).replace('-', '')).toBe(hash.slice(0, 12));
  });

  it.each(['a', 'b', 'c', 'd', 'e', 'f'])(
    'are to DuckDB what they are as text, for object %s',
    (key) => {
      // Objects differ in the sign of the number that DuckDB makes of a UUID.
      const ids = idsOfRows('flight-delay', key);
      const rows = Uint32Array.of(0, 1, 4_294_967_294);
      const words = new Uint32Array(rows.length * 4);
      const chunk = DuckDBDataChunk.create([UUID], rows.length);

      ids.write(words, rows);
      fillColumn(chunk, 0, words);

      const filled = chunk.getColumnValues(0).map(String);
      expect(filled).toEqual([...rows].map((row) => ids.text(row)));
    },
  );
});
