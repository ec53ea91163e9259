import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rowsOf, withDuckDb } from '../../../../core/data/duckdb.ts';
import { layout } from '../../../../core/model/layout.ts';
import type { InputBatch } from '../../../../core/model/signature.ts';
import { createRegistry } from '../../../../core/registry/registry.ts';
import { scoreShard } from '../../../../core/score/score-shard.ts';
import { openVersion } from '../../../../core/serve/served-model.ts';
import { flightDelay, flightSession } from '../../../fakes/flight-model.ts';
import { memoryFacts } from '../../../fakes/memory-facts.ts';
import { memoryObjects } from '../../../fakes/memory-objects.ts';
import { newVersion } from '../../../fakes/registered-version.ts';
import { scratchFolder } from '../../../fakes/scratch.ts';

const definition = flightDelay({
  serving: { entity: 'origin', batch: { keys: ['number', 'origin'] } },
});

/** Scores a file that a query gives, and returns what is in its part, its rejects and its batches. */
async function scored(query: string) {
  const objects = memoryObjects();
  const scratch = await scratchFolder();
  const key = 'datasets/flight-delay/dt=2001-05-01/flights.parquet';
  const bytes = Buffer.from('a model');
  await objects.put(layout.modelFile(definition.name, 1), bytes);
  const registry = createRegistry(memoryFacts());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await registry.register(newVersion({ sha256 }));
  const session = flightSession();
  const categories: string[] = [];
  const openSession = async () => ({
    ...session,
    // Now, since the memory of a batch is used for the next one.
    run: (batch: InputBatch) => {
      categories.push(...batch.categories);
      return session.run(batch);
    },
  });
  const served = await openVersion(
    { definition, registry, objects, openSession },
    { version: 1, at: '2001-05-02T00:00:00Z' },
  );
  const folder = join(scratch, 'shard');
  await mkdir(folder);
  return withDuckDb({ memoryMiB: 256, threads: 2, scratch }, async (reader, writer) => {
    await reader.run(`copy (${query}) to '${scratch}/flights.parquet' (format parquet)`);
    await objects.upload(join(scratch, 'flights.parquet'), key);
    const [{ etag, size } = { etag: '', size: 0 }] = await objects.list(key);
    const shard = {
      partition: 'dt=2001-05-01',
      slices: [{ key, etag, size, partition: 'dt=2001-05-01' }],
    };
    const { rows, rejected, files } = await scoreShard({ reader, writer }, shard, {
      definition,
      served,
      objects,
      asOf: new Date('2001-05-02T00:00:00Z'),
      sampleShare: 0.001,
      folder,
      report: () => {},
    });
    const part = await rowsOf(
      writer,
      `select * from read_parquet('${files.part}') order by number`,
    );
    const rejects = rejected > 0 ? gunzipSync(await readFile(files.rejects)).toString() : '';
    const lines = rejects.trimEnd().split('\n').filter(Boolean);
    return {
      rows,
      rejected,
      part,
      rejects: lines.map((line): unknown => JSON.parse(line)),
      categories,
    };
  });
}

const DATE = `timestamp '2001-05-01'`;

describe('a shard', () => {
  it('gives each row its own prediction, however many are rejected between them', async () => {
    // A probability is a thousandth of the distance; every seventh row is of no known haul.
    const { rows, rejected, part, rejects } = await scored(
      `select i as number, ${DATE} as date, (i % 1000)::double as distance, 'ATL' as origin,
         case when i % 7 = 3 then 'odd' else 'short' end as haul
       from range(50000) as numbers(i)`,
    );

    const wanted = Array.from({ length: 50_000 }, (_, at) => at).filter((at) => at % 7 !== 3);
    expect([rows, rejected]).toEqual([wanted.length, 50_000 - wanted.length]);
    expect(part.map(({ number }) => Number(number))).toEqual(wanted);
    const wrong = part.filter(
      ({ number, probability, prediction, prediction_id: id }) =>
        Math.fround((Number(number) % 1000) / 1000) !== probability ||
        prediction !== (Number(number) % 1000 < 400 ? 0 : 1) ||
        Number.parseInt(String(id).slice(24), 16) !== Number(number),
    );
    expect(wrong).toEqual([]);
    expect(rejects[1]).toMatchObject({ row: 10, values: { haul: 'odd', distance: 10 } });
  });

  it('tells the model each category as it is written, also the empty and the quoted', async () => {
    const { categories } = await scored(
      `select i as number, ${DATE} as date, 1 as distance,
         ['ATL', null, '', 'O''Hare "2"'][i + 1] as origin, 'long' as haul
       from range(4) as numbers(i)`,
    );

    expect(categories).toEqual(['ATL', 'long', '', 'long', '', 'long', `O'Hare "2"`, 'long']);
  });

  it('tells them also where there are more than a dictionary holds', async () => {
    const { categories } = await scored(
      `select i as number, ${DATE} as date, 1 as distance, nullif('A' || i, 'A5') as origin,
         null::varchar as haul
       from range(20000) as numbers(i)`,
    );

    const origins = Array.from({ length: 20_000 }, (_, at) => (at === 5 ? '' : `A${at}`));
    expect(categories).toEqual(origins.flatMap((origin) => [origin, '']));
  });
});
