/** The flights that ship, as a table in memory. */
import { DuckDBInstance } from '@duckdb/node-api';
import { fileURLToPath } from 'node:url';
import type { Columns } from '../core/data/columns.ts';

export const FLIGHTS_FILE = fileURLToPath(
  new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url),
);

export interface FlightPeriod {
  /** First day, `2001-01-01` or later. */
  readonly from: string;
  /** The day after the last, `2001-07-01` or earlier. */
  readonly to: string;
  /** Keeps one flight in so many, by its place in the file. @default 1 */
  readonly every?: number;
}

/** Flights of `[from, to)` in the file's order, with the label 'arrived 15 minutes late or more'. */
export async function loadFlights({ from, to, every = 1 }: FlightPeriod): Promise<Columns> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`
      create type airport as enum (
        select distinct unnest([origin, destination]) as code from '${FLIGHTS_FILE}' order by code)`);
    await connection.run(`
      create table flights as
      select epoch_ms(date)::double as time, distance::float as distance,
        enum_code(origin::airport)::integer as origin,
        enum_code(destination::airport)::integer as destination,
        (delay >= 15)::integer::double as late
      from read_parquet('${FLIGHTS_FILE}', file_row_number = true)
      where date >= '${from}' and date < '${to}' and file_row_number % ${every} = 0
      order by file_row_number`);
    const [codes, counted] = await Promise.all([
      connection.runAndReadAll('select unnest(enum_range(null::airport))'),
      connection.runAndReadAll('select count(*)::integer from flights'),
    ]);
    const rows = Number(counted.getRows()[0]?.[0]);
    const table = {
      time: new Float64Array(rows),
      distance: new Float32Array(rows),
      origin: new Int32Array(rows),
      destination: new Int32Array(rows),
      late: new Float64Array(rows),
    };
    const stream = await connection.stream(`select ${Object.keys(table).join(', ')} from flights`);
    let row = 0;
    for (
      let chunk = await stream.fetchChunk();
      chunk?.rowCount;
      chunk = await stream.fetchChunk()
    ) {
      for (const [at, column] of Object.values(table).entries()) {
        column.set(chunk.getColumnValues(at).map(Number), row);
      }
      row += chunk.rowCount;
    }
    const dictionary = codes.getRows().map(([code]) => String(code));
    return {
      rows,
      numbers: { distance: table.distance },
      categories: {
        origin: { dictionary, codes: table.origin },
        destination: { dictionary, codes: table.destination },
      },
      times: { date: table.time },
      target: table.late,
    };
  } finally {
    connection.closeSync();
    // It holds the table in memory, which would count as the trainer's.
    instance.closeSync();
  }
}
