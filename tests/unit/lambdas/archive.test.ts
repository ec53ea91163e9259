import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../lambdas/archive.ts';
import { kinesisBatch } from '../../fakes/lambda-events.ts';
import { memoryObjects } from '../../fakes/memory-objects.ts';
import { memoryTelemetry } from '../../fakes/outputs.ts';

function open() {
  const objects = memoryObjects();
  const telemetry = memoryTelemetry();
  const handler = createHandler({ model: 'flight-delay', objects, telemetry });
  const archive = (values: readonly unknown[], first = 0) =>
    handler(kinesisBatch('flight-predictions', values, first));
  const stored = () =>
    Object.fromEntries(
      [...objects.objects].map(([key, body]) => [key, gunzipSync(body).toString()]),
    );
  return { objects, telemetry, archive, stored };
}

function record(id: string, change: object = {}) {
  const at = '2001-05-01T23:59:59.000Z';
  return { id, model: 'flight-delay', version: 1, source: 'stream', at, prediction: 1, ...change };
}

const DAY = 'predictions/flight-delay/dt=2001-05-01';
const SHARD = 'shardId-000000000003';

describe('archive', () => {
  it('keeps a batch as one object, one record a line, in order', async () => {
    const { archive, stored } = open();

    expect(await archive([record('a'), record('b')])).toEqual({ batchItemFailures: [] });

    expect(stored()).toEqual({
      [`${DAY}/stream-${SHARD}-44440-44441.jsonl.gz`]: `${JSON.stringify(record('a'))}\n${JSON.stringify(record('b'))}\n`,
    });
  });

  it('keeps days and sources apart', async () => {
    const { archive, stored } = open();

    await archive([
      record('a'),
      record('b', { source: 'online' }),
      record('c', { at: '2001-05-02T00:00:00.000Z' }),
      record('d'),
    ]);

    expect(Object.keys(stored())).toEqual([
      `${DAY}/stream-${SHARD}-44440-44443.jsonl.gz`,
      `${DAY}/online-${SHARD}-44441-44441.jsonl.gz`,
      `predictions/flight-delay/dt=2001-05-02/stream-${SHARD}-44442-44442.jsonl.gz`,
    ]);
  });

  it('keeps nothing of what only showed that the system lives', async () => {
    const { archive, stored, telemetry } = open();

    await archive([record('tidemill-smoke-stream-1'), record('a')]);
    await archive([record('tidemill-smoke-online-1')], 10);

    expect(Object.values(stored())).toEqual([`${JSON.stringify(record('a'))}\n`]);
    expect(telemetry.counts).not.toHaveProperty('RejectedRecords');
  });

  it('leaves the same object, to the byte, when a batch comes again', async () => {
    const { archive, objects } = open();
    await archive([record('a'), record('b')]);
    const before = new Map(objects.objects);

    await archive([record('a'), record('b')]);

    expect(objects.objects).toEqual(before);
  });

  it('loses nothing when a batch that comes again is longer', async () => {
    const { archive, stored } = open();
    await archive([record('a')]);

    await archive([record('a'), record('b')]);

    const ids = Object.values(stored())
      .flatMap((text) => text.trimEnd().split('\n'))
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(['a', 'b']);
  });

  it('keeps the record that a CloudEvent carries', async () => {
    const { archive, stored } = open();

    await archive([{ specversion: '1.0', id: 'a', data: record('a') }]);

    expect(Object.values(stored())).toEqual([`${JSON.stringify(record('a'))}\n`]);
  });

  it('keeps an id once in a batch, and a shadow of it beside', async () => {
    const { archive, stored } = open();

    await archive([record('a'), record('a', { variant: 'shadow' }), record('b'), record('a')]);

    const lines = Object.values(stored()).join('').trimEnd().split('\n');
    const ids = lines.map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toEqual(['a', 'a', 'b']);
  });

  it('passes over what is no prediction of this model, and says so', async () => {
    const { archive, stored, telemetry } = open();

    await archive([
      'not JSON',
      '7',
      record('x', { model: 'churn' }),
      record('x', { source: '../..' }),
      record('x', { at: 'yesterday' }),
      record('a'),
    ]);

    expect(Object.keys(stored())).toEqual([`${DAY}/stream-${SHARD}-44445-44445.jsonl.gz`]);
    expect(telemetry.counts).toEqual({ RejectedRecords: 5 });
    expect(telemetry.lines[0]).toContain('"firstSequenceNumber":"44440"');
  });

  it('fails when an object cannot be written, so that the batch comes again', async () => {
    const { archive, objects } = open();
    objects.putIfAbsent = async () => {
      throw new Error('slow down');
    };

    await expect(archive([record('a')])).rejects.toThrow('slow down');
  });
});
