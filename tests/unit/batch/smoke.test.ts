import { expect, it } from 'vitest';
import { smoke } from '../../../batch/smoke.ts';
import { AliasNotSetError } from '../../../core/registry/errors.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

it('a trial job predicts a row with the champion, and writes nothing', async () => {
  const flights = servedFlights();
  await flights.release();
  const objects = [...flights.objects.objects.keys()];

  // The example row flies half of 6000 miles, and the fake session answers with a thousandth.
  expect(await smoke(flights)).toBe('DuckDB counts to 1, flight-delay/1 answers 3');

  expect([...flights.objects.objects.keys()]).toEqual(objects);
});

it('a trial job fails without a champion', async () => {
  await expect(smoke(servedFlights())).rejects.toThrow(AliasNotSetError);
});
