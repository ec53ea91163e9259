import { describe, expect, it } from 'vitest';
import type { StreamServing } from '../../../../core/model/stream.ts';
import { completeStream, problemsOfStream } from '../../../../core/model/stream.ts';

describe('problemsOfStream', () => {
  it('finds none in what is usual', () => {
    const zoomcamp: StreamServing = { event: { features: '/ride', id: '/ride_id' } };

    expect([...problemsOfStream({})]).toEqual([]);
    expect([...problemsOfStream(completeStream(zoomcamp))]).toEqual([]);
    expect([...problemsOfStream({ event: { entity: '/a~1b/~0c', features: '' } })]).toEqual([]);
  });

  it.each<[StreamServing, string]>([
    [{ batchSize: 10_001 }, 'serving.stream.batchSize 10001 must be from 1 to 10000'],
    [
      { maximumQuarantinedShare: 5 },
      'serving.stream.maximumQuarantinedShare 5 must be from 0 to 1',
    ],
    [
      { event: { id: 'ride_id' } },
      "serving.stream.event.id 'ride_id' is no JSON pointer; for example '/ride'",
    ],
    [
      { event: { features: '/a~2' } },
      "serving.stream.event.features '/a~2' is no JSON pointer; for example '/ride'",
    ],
  ])('fails on %j', (stream, problem) => {
    expect([...problemsOfStream(stream)]).toEqual([problem]);
  });
});
