import { beforeEach, describe, expect, it } from 'vitest';
import { type FlightEndpoint, flightEndpoint, regression } from '../../../fakes/flight-endpoint.ts';

let at: FlightEndpoint;

beforeEach(async () => {
  at = flightEndpoint();
  await at.flights.release();
});

const arrived = '2001-05-01T12:00:00.000Z';

function stored() {
  return [...at.flights.objects.objects]
    .filter(([key]) => key.startsWith('labels/'))
    .map(([key, body]) => ({ key, text: body.toString() }));
}

describe('POST /labels', () => {
  it('keeps labels as the model predicts them, under the day that they came', async () => {
    const answer = await at.post('/labels', [
      { id: 'a', delay: 15 },
      { id: 'b', delay: -3.5 },
    ]);

    expect(answer).toMatchObject({ status: 200, body: { accepted: 2 } });
    const [file] = stored();
    expect(file?.key).toMatch(/^labels\/flight-delay\/dt=2001-05-01\/online-[0-9a-f]{32}\.jsonl$/);
    expect(
      file?.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { id: 'a', model: 'flight-delay', at: arrived, label: 1 },
      { id: 'b', model: 'flight-delay', at: arrived, label: 0 },
    ]);
  });

  it('keeps the value itself for a regression target', async () => {
    at = flightEndpoint(regression());

    await at.post('/labels', { id: 'a', delay: -3.5 });

    expect(JSON.parse(stored()[0]!.text)).toMatchObject({ id: 'a', label: -3.5 });
  });

  it('keeps one object of a request that is sent twice', async () => {
    await at.post('/labels', [{ id: 'a', delay: 15 }]);
    await at.post('/labels', [{ id: 'a', delay: 15 }], { at: new Date('2001-05-01T12:00:05Z') });

    expect(stored()).toHaveLength(1);
  });

  it('tells everything that is wrong, and keeps nothing', async () => {
    const { status, body } = await at.post('/labels', [
      { id: 'a', delay: 15 },
      { id: '', delay: 'late' },
      { id: 'b', label: 1 },
      7,
    ]);

    expect(status).toBe(400);
    expect(
      (body as { problems: { pointer: string }[] }).problems.map((one) => one.pointer),
    ).toEqual(['/1/id', '/1/delay', '/2/delay', '/2/label', '/3']);
    expect(stored()).toEqual([]);
  });

  it('refuses no labels', async () => {
    expect(await at.post('/labels', [])).toMatchObject({ status: 400 });
  });
});
