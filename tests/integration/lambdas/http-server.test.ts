import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEndpoint } from '../../../core/serve/endpoint.ts';
import { createModelServer } from '../../../core/serve/model-server.ts';
import { createHttpServer } from '../../../lambdas/http-server.ts';
import { createResponder } from '../../../lambdas/respond.ts';
import { flight, flightDelay } from '../../fakes/flight-model.ts';
import { memoryTelemetry } from '../../fakes/outputs.ts';
import { servedFlights } from '../../fakes/served-flights.ts';

let server: ReturnType<typeof createHttpServer>;
let kept: unknown[];
let url: string;

beforeEach(async () => {
  kept = [];
  const definition = flightDelay();
  const flights = servedFlights(definition);
  await flights.release();
  const modelServer = createModelServer({ ...flights, reloadSeconds: 5, onLoadFailure: () => {} });
  server = createHttpServer({
    respond: createResponder({
      endpoint: createEndpoint({ definition, server: modelServer, objects: flights.objects }),
      records: { keep: async (records) => void kept.push(...records) },
      telemetry: memoryTelemetry(),
      stopwatch: () => 0,
    }),
    corsOrigins: ['https://example.com'],
    now: () => new Date('2001-05-01T12:00:00Z'),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));

function post(body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/predict?from=anywhere`, { method: 'POST', body, headers });
}

function preflight(origin: string): Promise<Response> {
  return fetch(`${url}/predict`, { method: 'OPTIONS', headers: { origin } });
}

describe('createHttpServer', () => {
  it('answers as the function does, and keeps the record', async () => {
    const response = await post(JSON.stringify(flight));

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ prediction: 1, probability: 0.5, version: 1 });
    expect(kept).toMatchObject([{ source: 'online', at: '2001-05-01T12:00:00.000Z' }]);
  });

  it('takes what curl -d says it sends, and gzip', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };

    expect((await post(JSON.stringify(flight), form)).status).toBe(200);
    expect((await post('distance=500', form)).status).toBe(400);
    expect((await post(gzipSync(JSON.stringify(flight)), packed)).status).toBe(200);
  });

  it('packs a long answer', async () => {
    const rows = JSON.stringify(Array.from({ length: 60 }, () => flight));
    const packed = await new Promise<Buffer>((resolve, reject) => {
      const sent = request(`${url}/predict`, {
        method: 'POST',
        headers: { 'accept-encoding': 'gzip' },
      });
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
      });
      sent.on('error', reject);
      sent.end(rows);
    });

    expect(JSON.parse(gunzipSync(packed).toString())).toHaveLength(60);
  });

  it('refuses a body over the limit without keeping it', async () => {
    expect((await post(' '.repeat(8_000_000))).status).toBe(413);
  });

  it('lets pages of declared origins call, and no others', async () => {
    const allowed = await preflight('https://example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://example.com');
    expect(
      (await preflight('https://example.org')).headers.has('access-control-allow-origin'),
    ).toBe(false);
  });
});
