/** What the stream's consumer tells each event, and what training joins to the same row. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  literal,
  rowsOf,
  withDuckDb,
  type DuckDBConnection,
} from '../../../../../core/data/duckdb.ts';
import { addRolling } from '../../../../../core/data/rolling.ts';
import {
  createRollingFeatures,
  type RollingValues,
} from '../../../../../core/serve/rolling/rolling-values.ts';
import { memoryFacts } from '../../../../fakes/memory-facts.ts';
import { rolling, rollingFlights } from '../../../../fakes/rolling-flights.ts';
import { inScratchFolder } from '../../../../fakes/scratch.ts';

const MINUTE = 60_000;
const START = Date.parse('2001-05-01T00:00:00Z');
const definition = rollingFlights({
  data: { time: 'date', arrival: 'arrived' },
  labels: { knownAt: 'landed' },
});

interface Flight {
  readonly id: string;
  readonly date: number;
  readonly arrived: number;
  readonly landed: number | null;
  readonly origin: string | null;
  readonly haul: string | null;
  readonly distance: number | null;
  readonly delay: number;
}

const seconds = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((s) => s * 1000);

const flights: fc.Arbitrary<Flight[]> = fc
  .array(
    fc.record({
      date: seconds(0, 6 * 3600),
      late: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        { weight: 2, arbitrary: seconds(0, 1800) },
        { weight: 1, arbitrary: seconds(0, 5400) },
      ),
      flown: fc.option(seconds(0, 3 * 3600), { freq: 8 }),
      origin: fc.constantFrom('ATL', 'ATL', 'SEA', null),
      haul: fc.constantFrom('short', 'long', null),
      distance: fc.option(fc.float({ min: 0, max: 5000, noNaN: true }), { freq: 9 }),
      delay: fc.integer({ min: -60, max: 600 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) =>
    all.map(({ date, late, flown, ...rest }, at) => {
      const time = START + date;
      // No two arrive at once, so that there is one order.
      const arrived = time + late + at;
      const landed = flown === null ? null : arrived + flown;
      return { id: `flight-${at}`, date: time, arrived, landed, ...rest };
    }),
  );

/** Everything in the order in which it comes, some of it twice. */
type Happening = { readonly at: number; readonly flight: Flight; readonly kind: 'event' | 'label' };

function comings(all: readonly Flight[], again: readonly number[]): Happening[] {
  const happened = all.flatMap((flight): Happening[] => [
    { at: flight.arrived, flight, kind: 'event' },
    ...(flight.landed === null ? [] : [{ at: flight.landed, flight, kind: 'label' as const }]),
  ]);
  const copies = again.map((place, at) => {
    const { flight, kind, at: first } = happened[place % happened.length]!;
    return { flight, kind, at: first + at * 10 * MINUTE };
  });
  return [...happened, ...copies].toSorted((one, other) => one.at - other.at);
}

async function streamed(
  happened: readonly Happening[],
  batchSize: number,
): Promise<Map<string, RollingValues>> {
  const store = createRollingFeatures(definition, memoryFacts)!;
  const told = new Map<string, RollingValues>();
  let batch: Flight[] = [];
  const flush = async (now: Date): Promise<void> => {
    const events = batch.map(({ id, date, origin, haul, distance }) => ({
      id,
      time: 0,
      features: { date: new Date(date).toISOString(), origin, haul, distance },
    }));
    const values = await store.take(events, now);
    // A batch that comes again is told the same, or nothing where its entity has moved on since.
    for (const [at, again] of (await store.take(events, now)).entries()) {
      expect(values[at]).toMatchObject(onlyKnown(again));
    }
    for (const [at, { id }] of batch.entries()) if (!told.has(id)) told.set(id, values[at]!);
    batch = [];
  };
  for (const { at, flight, kind } of happened) {
    const now = new Date(at);
    if (kind === 'event') batch.push(flight);
    if (batch.length >= batchSize || kind === 'label') await flush(now);
    if (kind === 'label') {
      const { id, origin, delay, landed } = flight;
      await store.learn([{ id, value: delay, of: { origin }, time: landed! }], now);
    }
  }
  await flush(new Date(happened.at(-1)!.at));
  return told;
}

function onlyKnown(values: RollingValues): RollingValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

const text = (value: string | null) => (value === null ? 'null::varchar' : literal(value));

async function joined(
  connection: DuckDBConnection,
  all: readonly Flight[],
): Promise<Map<string, RollingValues>> {
  const rows = all.map(
    ({ id, date, arrived, landed, origin, haul, distance, delay }, at) =>
      `(${literal(id)}, ${date}::double, ${arrived}::double, ${landed}::double, ${text(origin)},
        ${text(haul)}, ${distance}::double, ${delay}::double, 'a', ${at})`,
  );
  await connection.run(`create or replace table flights as
    select * from (values ${rows.join(', ')})
    as t(id, _time, _arrival, _known, origin, haul, distance, _target, _key, _row)`);
  await addRolling(connection, 'flights', definition);
  const names = Object.keys(rolling);
  const found = await rowsOf(connection, `select id, ${names.join(', ')} from flights`);
  return new Map(
    found.map((row) => [
      String(row['id']),
      Object.fromEntries(
        names.map((name) => [name, row[name] === null ? null : Number(row[name])]),
      ),
    ]),
  );
}

/** Flights of one world, which shares no entity with another, so that one join does for many. */
const world = fc.record({
  all: flights,
  again: fc.array(fc.nat(), { maxLength: 10 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
});

function apart(all: readonly Flight[], name: number): Flight[] {
  const own = (value: string | null) => (value === null ? null : `${name} ${value}`);
  return all.map((flight) => ({
    ...flight,
    id: `${name} ${flight.id}`,
    origin: own(flight.origin),
    haul: own(flight.haul),
  }));
}

it('the stream tells each event what training joins to its row, late, doubled or out of order', async () => {
  await inScratchFolder((scratch) =>
    withDuckDb({ memoryMiB: 256, threads: 1, scratch }, async (connection) => {
      const property = fc.asyncProperty(
        fc.array(world, { minLength: 1, maxLength: 25, size: 'max' }),
        async (worlds) => {
          const rows = worlds.map(({ all }, at) => apart(all, at));
          const join = await joined(connection, rows.flat());
          for (const [at, { again, batchSize }] of worlds.entries()) {
            const told = await streamed(comings(rows[at]!, again), batchSize);
            for (const [id, values] of told)
              expect({ id, ...values }).toEqual({ id, ...join.get(id) });
          }
        },
      );
      await fc.assert(property, { numRuns: 2, seed: 17, endOnFailure: true });
    }),
  );
});
