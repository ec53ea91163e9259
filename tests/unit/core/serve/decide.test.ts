import { describe, expect, it } from 'vitest';
import { aboutModel } from '../../../../core/serve/about.ts';
import { decide, decideClass } from '../../../../core/serve/decide.ts';
import { flightEndpoint } from '../../../fakes/flight-endpoint.ts';
import { flightDelay } from '../../../fakes/flight-model.ts';

describe('decide', () => {
  it('says yes from the threshold on', () => {
    const output = Float32Array.of(0.25, 0.5, 0.75);

    expect(decide(output, 0.5).map(({ prediction }) => prediction)).toEqual([0, 1, 1]);
  });

  it('gives a value as it is', () => {
    expect(decide(Float32Array.of(-2.5), undefined)).toEqual([{ prediction: -2.5 }]);
  });
});

describe('decideClass', () => {
  it('gives the most probable class of each row', () => {
    const output = Float32Array.of(0.25, 0.5, 0.25, 0.5, 0, 0.5);

    expect(decideClass(output, ['early', 'on time', 'late'])).toEqual([
      { prediction: 1, class: 'on time', probability: 0.5 },
      { prediction: 0, class: 'early', probability: 0.5 },
    ]);
  });
});

describe('labels of several classes', () => {
  const definition = flightDelay({
    target: { kind: 'multiclass', column: 'arrival', classes: ['early', 'on time', 'late'] },
    trainer: { algorithm: 'gradient-boosted-trees' },
    gate: { metric: 'accuracy', beatBaselineBy: 0.01 },
  });
  const at = flightEndpoint(definition);

  it('are the place of the class that came true', async () => {
    expect((await at.post('/labels', { id: 'a', arrival: 'late' })).status).toBe(200);

    const [lines] = [...at.flights.objects.objects.values()];
    expect(JSON.parse(lines!.toString())).toMatchObject({ id: 'a', label: 2 });
  });

  it('are taken as the endpoint shows them', async () => {
    const { labels } = aboutModel(definition, { version: 1, since: '2001-05-01T04:00:00.000Z' });

    expect(await at.post('/labels', labels.body)).toMatchObject({ body: { accepted: 1 } });
  });

  it('fail where there is no such class', async () => {
    expect(await at.post('/labels', { id: 'a', arrival: 'never' })).toMatchObject({
      status: 400,
      body: { problems: [{ pointer: '/arrival', expected: 'one of early, on time, late' }] },
    });
  });
});
