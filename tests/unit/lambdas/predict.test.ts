import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { createEndpoint } from '../../../core/serve/endpoint.ts';
import { createModelServer } from '../../../core/serve/model-server.ts';
import { resendUnsent, unsentRecords } from '../../../core/serve/unsent-records.ts';
import { createHandler } from '../../../lambdas/predict.ts';
import { streamSink } from '../../../lambdas/record-sink.ts';
import { flight, flightDelay } from '../../fakes/flight-model.ts';
import { type UrlCall, urlEvent } from '../../fakes/lambda-events.ts';
import { memoryStream, memoryTelemetry } from '../../fakes/outputs.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

function open(stream = memoryStream(), flights = servedFlights(flightDelay())) {
  const { definition } = flights;
  const telemetry = memoryTelemetry();
  const printed: string[] = [];
  const server = createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} });
  const handler = createHandler({
    endpoint: createEndpoint({ definition, server, objects: flights.objects }),
    records: streamSink({
      stream,
      unsent: unsentRecords(flights.objects, definition.name),
      telemetry,
      print: (line) => printed.push(line),
    }),
    telemetry,
    stopwatch: () => 0,
  });
  const call = async (request: UrlCall) => {
    const { answer, finish } = await handler(urlEvent(request));
    await finish();
    const { status: statusCode, headers, body } = answer;
    return { statusCode, headers, body: JSON.parse(String(body)) as unknown };
  };
  return { flights, stream, telemetry, printed, handler, call };
}

let at: ReturnType<typeof open>;

beforeEach(async () => {
  at = open();
  await at.flights.release();
});

describe('predict', () => {
  it('answers with the prediction and the version that made it', async () => {
    expect(await at.call({ path: '/predict', body: flight })).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: { id: 'request-1', prediction: 1, probability: 0.5, version: 1 },
    });
  });

  it('puts a record of each prediction into the stream, by entity', async () => {
    await at.call({ path: '/predict', body: [flight, { ...flight, origin: null }] });

    expect(at.stream.keys()).toEqual(['ATL', 'request-1-1']);
    expect(at.stream.records()).toMatchObject([
      { id: 'request-1-0', at: '2001-05-01T12:00:00.000Z', source: 'online', entity: 'ATL' },
      { id: 'request-1-1', features: { origin: null } },
    ]);
  });

  it('counts rows, as of the moment of the request', async () => {
    await at.call({ path: '/predict', body: [flight, flight] });

    expect(at.telemetry.counts).toMatchObject({ PredictedRows: 2 });
    expect(at.telemetry.published).toEqual(['2001-05-01T12:00:00.000Z']);
  });

  it('reads bytes, packed or not', async () => {
    const body = gzipSync(JSON.stringify(flight));
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };

    expect(await at.call({ path: '/predict', headers, body })).toMatchObject({ statusCode: 200 });
    expect(await at.call({ path: '/predict', body: Buffer.from('[]') })).toMatchObject({
      statusCode: 400,
    });
  });

  it('speaks the Open Inference Protocol', async () => {
    expect(await at.call({ method: 'GET', path: '/v2/models/flight-delay/ready' })).toMatchObject({
      statusCode: 200,
      body: { ready: true },
    });
  });

  it.each([
    { wrong: 'a body that is not JSON', body: 'distance=5', status: 400, reason: 'json' },
    { wrong: 'a missing feature', body: { distance: 5 }, status: 400, reason: 'rows' },
    { wrong: 'a large body', body: ' '.repeat(7_000_000), status: 413, reason: 'size' },
  ])('answers $status to $wrong, and counts it by reason', async ({ body, status, reason }) => {
    expect((await at.call({ path: '/predict', body })).statusCode).toBe(status);
    expect(at.telemetry.counts).toEqual({ ValidationFailures: 1, ColdStarts: 1 });
    expect(at.telemetry.reasons).toEqual([reason]);
    expect(at.stream.records()).toEqual([]);
  });

  it('counts no validation failure where the path is wrong', async () => {
    expect(await at.call({ path: '/nowhere', body: {} })).toMatchObject({ statusCode: 404 });
    expect(at.telemetry.counts).toEqual({ ColdStarts: 1 });
  });

  it('sets aside a record that the stream refuses, and sends it again when asked', async () => {
    at = open(memoryStream((position) => position === 1));
    await at.flights.release();

    const { statusCode } = await at.call({ path: '/predict', body: [flight, flight] });

    expect(statusCode).toBe(200);
    expect(at.telemetry.counts).toMatchObject({ PredictedRows: 2, UnsentRecords: 1 });
    expect(at.telemetry.lines[0]).toContain('refused 1 of 2 records');
    const later = memoryStream();
    expect(await resendUnsent(at.flights.objects, later, 'flight-delay')).toBe(1);
    expect(later.records()).toMatchObject([
      { id: 'request-1-1', probability: 0.5, features: { distance: 500 } },
    ]);
    expect(later.keys()).toEqual(['ATL']);
    expect(await resendUnsent(at.flights.objects, later, 'flight-delay')).toBe(0);
  });

  it('prints every record when neither stream nor bucket can be reached', async () => {
    const stream = memoryStream();
    stream.put = async () => {
      throw new Error('no route to host');
    };
    at = open(stream);
    await at.flights.release();
    at.flights.objects.putIfAbsent = async () => {
      throw new Error('no route to host');
    };

    await at.call({ path: '/predict', body: [flight, flight] });

    expect(at.telemetry.counts).toMatchObject({ UnsentRecords: 2, UnkeptRecords: 2 });
    expect(at.printed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { UnkeptRecord: { id: 'request-1-0' } },
      { UnkeptRecord: { id: 'request-1-1', features: { distance: 500 } } },
    ]);
  });

  it('answers before it keeps the record', async () => {
    const happened: string[] = [];
    const stream = memoryStream();
    stream.put = async () => void happened.push('kept');
    const { handler } = open(stream, at.flights);

    const { finish } = await handler(urlEvent({ path: '/predict', body: flight }));
    happened.push('answered');
    await finish();

    expect(happened).toEqual(['answered', 'kept']);
  });

  it('packs a long answer for those who take gzip', async () => {
    const rows = Array.from({ length: 50 }, () => flight);
    const headers = { 'accept-encoding': 'br, gzip' };

    const { answer } = await at.handler(urlEvent({ path: '/predict', headers, body: rows }));

    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(JSON.parse(gunzipSync(answer.body as Uint8Array).toString())).toHaveLength(50);
  });

  it('says why it fails in the log, without a feature value', async () => {
    at = open();

    expect(await at.call({ path: '/predict', body: flight })).toMatchObject({ statusCode: 503 });
    expect(at.telemetry.lines[0]).toContain("has no alias 'champion'");
    expect(at.telemetry.lines.join()).not.toContain('ATL');
  });
});
