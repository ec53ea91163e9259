import { beforeEach, describe, expect, it } from 'vitest';
import { decodeTensor, encodeTensor } from '../../../../core/serve/binary-tensors.ts';
import { encodeAnswer } from '../../../../core/serve/encode-answer.ts';
import { type FlightEndpoint, flightEndpoint } from '../../../fakes/flight-endpoint.ts';

const INFER = '/v2/models/flight-delay/infer';

function bytesOf(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(Buffer.byteLength(text));
      return [size, Buffer.from(text)];
    }),
  );
}

const tensors = [
  {
    name: 'numbers',
    datatype: 'FP32',
    shape: [2, 1],
    bytes: Buffer.from(Float32Array.of(500, 250).buffer),
  },
  {
    name: 'categories',
    datatype: 'BYTES',
    shape: [2, 2],
    bytes: bytesOf(['ATL', 'short', 'Zürich', 'long']),
  },
  {
    name: 'times',
    datatype: 'FP64',
    shape: [2, 1],
    bytes: Buffer.from(Float64Array.of(0, NaN).buffer),
  },
];

/** What NVIDIA's HTTP client sends: JSON, then the bytes of each input. */
function binaryRequest(extra: object = {}, parts = tensors) {
  const inputs = parts.map(({ bytes, ...tensor }) => ({
    ...tensor,
    parameters: { binary_data_size: bytes.length },
  }));
  const json = Buffer.from(JSON.stringify({ inputs, ...extra }));
  return {
    method: 'POST',
    path: INFER,
    headers: { 'inference-header-content-length': String(json.length) },
    body: Buffer.concat([json, ...parts.map(({ bytes }) => bytes)]),
  };
}

let at: FlightEndpoint;
beforeEach(async () => {
  at = flightEndpoint();
  await at.flights.release();
});

describe('tensors as bytes', () => {
  it('are read as the same tensors in JSON are', async () => {
    const { status, body, records } = await at.send(binaryRequest());

    expect(status).toBe(200);
    expect(body).toMatchObject({ outputs: [{ datatype: 'FP32', shape: [2], data: [0.5, 0.25] }] });
    expect(records?.[1]?.features).toEqual({
      date: null,
      distance: 250,
      origin: 'Zürich',
      haul: 'long',
    });
  });

  it.each([
    { asked: 'for all outputs', extra: { parameters: { binary_data_output: true } } },
    {
      asked: 'for one output',
      extra: { outputs: [{ name: 'probability', parameters: { binary_data: true } }] },
    },
  ])('are sent where a caller asks $asked', async ({ extra }) => {
    const request = binaryRequest(extra);
    const { headers, body } = encodeAnswer(await at.send(request), request);

    const end = Number(headers['inference-header-content-length']);
    const bytes = Buffer.from(body);
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(JSON.parse(bytes.subarray(0, end).toString())).toMatchObject({
      outputs: [{ name: 'probability', shape: [2], parameters: { binary_data_size: 8 } }],
    });
    expect([bytes.readFloatLE(end), bytes.readFloatLE(end + 4)]).toEqual([0.5, 0.25]);
  });

  it.each([
    {
      name: 'a length beyond the body',
      change: { headers: { 'inference-header-content-length': '99999' } },
      says: "inference-header-content-length is '99999'",
    },
    {
      name: 'a length that is none',
      change: { headers: { 'inference-header-content-length': '-1' } },
      says: "inference-header-content-length is '-1'",
    },
    {
      name: 'bytes that are missing',
      change: { body: binaryRequest().body.subarray(0, -3) },
      says: "input 'times' has binary_data_size 16, but only 13 bytes follow",
    },
    {
      name: 'bytes too many',
      change: { body: Buffer.concat([binaryRequest().body, Buffer.alloc(2)]) },
      says: '2 bytes follow the JSON',
    },
  ])('fail with $name', async ({ change, says }) => {
    const { status, body } = await at.send({ ...binaryRequest(), ...change });

    expect(status).toBe(400);
    expect((body as { error: string }).error).toContain(says);
  });

  it.each([
    {
      name: 'half a number',
      bytes: Buffer.alloc(3),
      datatype: 'FP32' as const,
      says: 'no whole number of FP32',
    },
    {
      name: 'a text that is cut off',
      bytes: Buffer.from([9, 0, 0, 0, 65]),
      datatype: 'BYTES' as const,
      says: 'cut off at byte 0',
    },
    {
      name: 'half a length',
      bytes: Buffer.from([1, 0]),
      datatype: 'BYTES' as const,
      says: 'cut off at byte 0',
    },
    {
      name: 'a text that is not UTF-8',
      bytes: Buffer.from([1, 0, 0, 0, 0xff]),
      datatype: 'BYTES' as const,
      says: 'not UTF-8',
    },
  ])('fail with $name', ({ bytes, datatype, says }) => {
    expect(() => decodeTensor(bytes, datatype, 'data')).toThrow(says);
  });

  it.each([
    { datatype: 'INT64', data: BigInt64Array.of(-5n, 7n), values: [-5, 7] },
    { datatype: 'UINT8', data: Uint8Array.of(0, 255), values: [0, 255] },
    { datatype: 'INT16', data: Int16Array.of(-2, 3), values: [-2, 3] },
    { datatype: 'BOOL', data: Uint8Array.of(1, 0), values: [true, false] },
    { datatype: 'FP64', data: Float64Array.of(0.1, NaN), values: [0.1, null] },
    { datatype: 'BYTES', data: ['a', '', 'ü'], values: ['a', '', 'ü'] },
  ] as const)('come back as they went: $datatype', ({ datatype, data, values }) => {
    expect(decodeTensor(encodeTensor({ datatype, data }), datatype, 'data')).toEqual(values);
  });
});
