import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../../core/model/signature.ts';
import { createRowReader } from '../../../../core/serve/validate.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';

const definition = flightDelay();
const read = createRowReader(definition, signatureOf(definition));
const pointerOf = (row: number) => `/rows/${row}`;

function problemsOf(row: unknown, options = {}) {
  return read([row], { pointerOf, ...options }).rejected.flatMap(({ problems }) => problems);
}

describe('createRowReader', () => {
  it('puts every feature into its tensor, row after row', () => {
    const { batch } = read([flight, { ...flight, distance: 250.5, origin: 'JFK', haul: 'long' }]);

    expect(batch).toEqual({
      rows: 2,
      numbers: Float32Array.of(500, 250.5),
      categories: ['ATL', 'short', 'JFK', 'long'],
      times: Float64Array.of(988_709_400_000, 988_709_400_000),
    });
  });

  it('goes by the order of the version that predicts', () => {
    const signature = { ...signatureOf(definition), categories: ['haul', 'origin'] };

    expect(createRowReader(definition, signature)([flight]).batch.categories).toEqual([
      'short',
      'ATL',
    ]);
  });

  it('checks and keeps a feature that the version does not use yet', () => {
    const older = createRowReader(definition, {
      ...signatureOf(definition),
      categories: ['origin'],
    });

    expect(older([flight])).toMatchObject({
      batch: { categories: ['ATL'] },
      features: [{ haul: 'short' }],
    });
    expect(older([{ ...flight, haul: 'medium' }]).rejected).toHaveLength(1);
  });

  it('keeps features as records write them: moments in UTC, an empty text as missing', () => {
    const { features } = read([{ ...flight, date: 988_709_400_000.7, origin: '' }]);

    expect(features).toEqual([
      { date: '2001-05-01T09:30:00.000Z', distance: 500, origin: null, haul: 'short' },
    ]);
  });

  it('takes null for a missing value of any kind', () => {
    const { batch, features } = read([{ date: null, distance: null, origin: null, haul: null }]);

    expect(batch).toEqual({
      rows: 1,
      numbers: Float32Array.of(NaN),
      categories: ['', ''],
      times: Float64Array.of(NaN),
    });
    expect(features).toEqual([{ date: null, distance: null, origin: null, haul: null }]);
  });

  it('takes a number outside of the declared range, which monitors count', () => {
    expect(read([{ ...flight, distance: -1 }]).rejected).toEqual([]);
  });

  it.each([
    ['distance', 'far', 'text "far"', 'a number (miles), or null if unknown'],
    ['distance', '500', 'text "500"', 'a number (miles), or null if unknown'],
    ['distance', true, 'true', 'a number (miles), or null if unknown'],
    ['distance', undefined, 'nothing', 'a number (miles), or null if unknown'],
    ['distance', Infinity, 'a number too large to keep', 'a number (miles), or null if unknown'],
    ['distance', 1e300, 'number 1e+300', 'a number (miles), or null if unknown'],
    ['distance', [500], 'an array of 1', 'a number (miles), or null if unknown'],
    ['origin', 7, 'number 7', 'text of at most 1024 characters, or null if unknown'],
    ['origin', {}, 'an object', 'text of at most 1024 characters, or null if unknown'],
    ['haul', 'medium', 'text "medium"', "one of 'short', 'long', or null if unknown"],
  ])('rejects %s %j', (name, value, got, expected) => {
    expect(problemsOf({ ...flight, [name]: value })).toEqual([
      { pointer: `/rows/0/${name}`, got, expected },
    ]);
  });

  it.each(['soon', '2001-02-30', 9e15, false])('rejects the moment %j', (date) => {
    expect(problemsOf({ ...flight, date })).toMatchObject([{ pointer: '/rows/0/date' }]);
  });

  it('rejects a text longer than any stream could carry, and shows its beginning', () => {
    expect(problemsOf({ ...flight, origin: 'x'.repeat(1025) })).toMatchObject([
      { got: `text "${'x'.repeat(40)}..."` },
    ]);
  });

  it('tells everything that is wrong with a row', () => {
    const problems = problemsOf({ distance: 'far', origin: 'ATL', haul: 'short', 'a/b~c': 1 });

    expect(problems.map(({ pointer }) => pointer)).toEqual([
      '/rows/0/date',
      '/rows/0/distance',
      '/rows/0/a~1b~0c',
    ]);
    expect(problems[2]).toMatchObject({
      got: 'a feature "a/b~c" that the model does not have',
      expected: 'only date, distance, origin, haul',
    });
  });

  it('tells a hundred problems of a row at most', () => {
    const row = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`unknown_${at}`, 1]));

    expect(problemsOf(row)).toHaveLength(100);
  });

  it.each([[7], [null], ['text'], [[flight]]])('rejects %j, which is no row', (row) => {
    expect(problemsOf(row)).toMatchObject([
      { pointer: '/rows/0', expected: 'an object with one value a feature' },
    ]);
  });

  it('takes no feature from a prototype', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__": {"distance": 1}, "date": null, "origin": null, "haul": null}',
    );

    expect(problemsOf(hostile).map(({ pointer }) => pointer)).toEqual([
      '/rows/0/distance',
      '/rows/0/__proto__',
    ]);
    expect(({} as { distance?: number }).distance).toBeUndefined();
  });

  it('ignores unknown features where that is declared, and keeps none of them', () => {
    const relaxed = flightDelay({ serving: { online: {}, unknownFeatures: 'ignore' } });
    const { features, rejected } = createRowReader(
      relaxed,
      signatureOf(relaxed),
    )([{ ...flight, carrier: 'DL' }]);

    expect(rejected).toEqual([]);
    expect(features[0]).not.toHaveProperty('carrier');
  });

  it('takes names that may stand beside the features', () => {
    expect(problemsOf({ ...flight, id: 'a' }, { beside: new Set(['id']) })).toEqual([]);
  });

  it('keeps good rows together when rows between them are bad', () => {
    const { batch, accepted, rejected } = read([
      { ...flight, distance: 1 },
      { ...flight, distance: 'far' },
      { ...flight, distance: 3, origin: 'JFK' },
    ]);

    expect(batch).toMatchObject({
      rows: 2,
      numbers: Float32Array.of(1, 3),
      categories: ['ATL', 'short', 'JFK', 'short'],
    });
    expect(accepted).toEqual([0, 2]);
    expect(rejected.map(({ row }) => row)).toEqual([1]);
  });
});
