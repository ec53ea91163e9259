/** Rolling features in the laptop's DynamoDB, by real clients: many writers, one state. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quickFacts } from '../../../core/aws/quick-facts.ts';
import { createRollingFeatures } from '../../../core/serve/rolling/rolling-values.ts';
import { rollingFlights } from '../../fakes/rolling-flights.ts';
import { openStorageRegion, type StorageRegion } from '../local/storage-region.ts';

let folder: string;
let region: StorageRegion;
const environment = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemill-rolling-'));
  region = await openStorageRegion(folder);
  const names = [
    ['partition', 'HASH'],
    ['sort', 'RANGE'],
  ];
  await region.dynamodb.hosts[0]!.create({
    logicalId: 'Table',
    type: 'AWS::DynamoDB::Table',
    defaultName: 'facts',
    properties: {
      AttributeDefinitions: names.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: names.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    },
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: region.client.endpoint,
    AWS_REGION: region.client.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
});

afterAll(async () => {
  process.env = environment;
  await region.close();
  await rm(folder, { recursive: true });
});

function at(time: string): string {
  return `2001-05-01T${time}:00.000Z`;
}

it('two consumers and a caller with labels leave one state, whoever was first', async () => {
  const now = new Date(at('12:00'));
  const stores = [0, 1, 2].map(() =>
    createRollingFeatures(rollingFlights(), () => quickFacts('facts')),
  );
  const [one, other, labels] = stores;
  // Two items an airport: 55 need two calls for a batch, and both consumers have flights of each.
  const events = (name: string, time = '11:00') =>
    Array.from({ length: 55 }, (_, airport) => ({
      id: `${name} ${airport}`,
      time: 0,
      features: { date: at(time), origin: `airport ${airport}`, haul: null, distance: 100 },
    }));

  await Promise.all([
    one?.take(events('one'), now),
    other?.take(events('other'), now),
    labels?.learn(
      events('one').map(({ id, features }) => ({
        id,
        value: 40,
        of: { origin: features.origin },
        time: Date.parse(at('11:01')),
      })),
      now,
    ),
  ]);
  // The same again, as after a failure.
  await one?.take(events('one'), now);

  const asked = events('asked', '11:30');
  const told = await one?.valuesOf(asked);
  expect(new Set(told?.map((values) => JSON.stringify(values)))).toEqual(
    new Set([
      JSON.stringify({
        departures_1h: 2,
        mean_delay_1h: 40,
        labels_10m: 0,
        least_delay_1h: 40,
        miles_2h: 200,
        longest_of_kind: null,
      }),
    ]),
  );
});
