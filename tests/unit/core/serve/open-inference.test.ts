import { beforeEach, describe, expect, it } from 'vitest';
import { type FlightEndpoint, flightEndpoint } from '../../../fakes/flight-endpoint.ts';
import { flight, flightDelay } from '../../../fakes/flight-model.ts';

let at: FlightEndpoint;

beforeEach(async () => {
  at = flightEndpoint();
  await at.flights.release();
});

const INFER = '/v2/models/flight-delay/infer';
const inputs = [
  { name: 'numbers', datatype: 'FP32', shape: [2, 1], data: [500, 250] },
  { name: 'categories', datatype: 'BYTES', shape: [2, 2], data: ['ATL', 'short', 'JFK', 'long'] },
  { name: 'times', datatype: 'FP64', shape: [2, 1], data: [988_709_400_000, 988_709_400_000] },
];

describe('the Open Inference Protocol', () => {
  it('says that the server is alive, even without a model', async () => {
    at = flightEndpoint();

    expect(await at.get('/v2/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await at.get('/v2/health/ready')).toMatchObject({ status: 503, body: { ready: false } });
    expect(await at.get('/v2/models/flight-delay/ready')).toMatchObject({
      status: 503,
      body: { name: 'flight-delay', ready: false },
    });
  });

  it('says that server and model are ready', async () => {
    expect(await at.get('/v2/health/ready')).toMatchObject({ status: 200, body: { ready: true } });
    expect(await at.get('/v2/models/flight-delay/versions/1/ready')).toMatchObject({
      status: 200,
      body: { name: 'flight-delay', ready: true },
    });
  });

  it('describes the server', async () => {
    expect((await at.get('/v2')).body).toMatchObject({
      name: 'tidemill',
      extensions: ['binary_tensor_data', 'statistics', 'parameters'],
    });
  });

  it.each([
    '/v2/models/flight-delay',
    '/v2/models/flight-delay/',
    '/v2/models/flight-delay/versions/1',
  ])('describes the model at %s', async (path) => {
    expect((await at.get(path)).body).toEqual({
      name: 'flight-delay',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [
        { name: 'numbers', datatype: 'FP32', shape: [-1, 1] },
        { name: 'categories', datatype: 'BYTES', shape: [-1, 2] },
        { name: 'times', datatype: 'FP64', shape: [-1, 1] },
      ],
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1] }],
    });
  });

  it('infers from flat data, echoes the id, and keeps a record a row', async () => {
    const { status, body, records } = await at.post(INFER, { id: 'mine', inputs });

    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: 'flight-delay',
      model_version: '1',
      id: 'mine',
      outputs: [{ name: 'probability', datatype: 'FP32', shape: [2], data: [0.5, 0.25] }],
    });
    expect(records?.map(({ id, prediction, features }) => [id, prediction, features])).toEqual([
      ['mine-0', 1, { ...flight, date: '2001-05-01T09:30:00.000Z' }],
      [
        'mine-1',
        0,
        { date: '2001-05-01T09:30:00.000Z', distance: 250, origin: 'JFK', haul: 'long' },
      ],
    ]);
  });

  it('infers from nested data, in any order of inputs, for a version by name', async () => {
    const nested = [
      { ...inputs[2], data: [[988_709_400_000], [988_709_400_000]] },
      {
        ...inputs[1],
        data: [
          ['ATL', 'short'],
          ['JFK', 'long'],
        ],
      },
      { ...inputs[0], data: [[500], [250]] },
    ];
    const outputs = [{ name: 'probability' }];

    const { body } = await at.post('/v2/models/flight-delay/versions/1/infer/', {
      inputs: nested,
      outputs,
    });

    expect(body).toMatchObject({ id: 'request-1', outputs: [{ data: [0.5, 0.25] }] });
  });

  it.each([null, ''])('makes an id where the caller sends %j', async (id) => {
    expect((await at.post(INFER, { id, inputs })).body).toMatchObject({ id: 'request-1' });
  });

  it('takes null for a missing value', async () => {
    const missing = [{ ...inputs[0], data: [null, 250] }, inputs[1], inputs[2]];

    expect((await at.post(INFER, { inputs: missing })).body).toMatchObject({
      outputs: [{ data: [0.125, 0.25] }],
    });
  });

  it.each([
    { name: 'no inputs', body: {}, says: "'inputs' is nothing, not an array" },
    {
      name: 'a missing input',
      body: { inputs: inputs.slice(1) },
      says: "input 'numbers' is missing",
    },
    {
      name: 'an unknown input',
      body: { inputs: [...inputs, { name: 'x' }] },
      says: 'inputs[3] has the name text "x"; the model takes: numbers, categories, times',
    },
    {
      name: 'an input given twice',
      body: { inputs: [...inputs, inputs[0]] },
      says: "inputs[3] has the name of another input: 'numbers'",
    },
    {
      name: 'another datatype',
      body: { inputs: [{ ...inputs[0], datatype: 'FP64' }, inputs[1], inputs[2]] },
      says: `input 'numbers' has datatype text "FP64", expected 'FP32'`,
    },
    {
      name: 'another width',
      body: { inputs: [{ ...inputs[0], shape: [1, 2] }, inputs[1], inputs[2]] },
      says: "input 'numbers' has shape [1, 2], expected [rows, 1]",
    },
    {
      name: 'a negative shape',
      body: { inputs: [{ ...inputs[0], shape: [-2, 1] }, inputs[1], inputs[2]] },
      says: "input 'numbers' has shape [-2, 1], expected [rows, 1]",
    },
    {
      name: 'too few values',
      body: { inputs: [{ ...inputs[0], data: [1] }, inputs[1], inputs[2]] },
      says: "data of input 'numbers' is not of its shape [2, 1]: 2 values",
    },
    {
      name: 'ragged rows',
      body: { inputs: [{ ...inputs[0], data: [[1, 2], []] }, inputs[1], inputs[2]] },
      says: "data of input 'numbers' is not of its shape [2, 1]: 2 values",
    },
    {
      name: 'data that is no array',
      body: { inputs: [{ ...inputs[0], data: 'abc' }, inputs[1], inputs[2]] },
      says: `input 'numbers' has text "abc" as data, not an array`,
    },
    {
      name: 'inputs with other numbers of rows',
      body: { inputs: [{ ...inputs[0], shape: [1, 1], data: [1] }, inputs[1], inputs[2]] },
      says: "input 'categories' has 2 rows, but the one before has 1",
    },
    {
      name: 'a value of the wrong type',
      body: { inputs: [{ ...inputs[0], data: [500, 'far'] }, inputs[1], inputs[2]] },
      says: 'row 1: /distance: got text "far", expected a number (miles), or null if unknown',
    },
    {
      name: 'no rows',
      body: {
        inputs: inputs.map((input) =>
          Object.assign({}, input, { shape: [0, input.shape[1]], data: [] }),
        ),
      },
      says: 'got 0 rows, expected 1 to 100 rows in one request',
    },
    {
      name: 'an unknown output',
      body: { inputs, outputs: [{ name: 'y' }] },
      says: 'the model has no output text "y"; it gives: probability',
    },
    { name: 'an id that is none', body: { id: {}, inputs }, says: '/id: got an object' },
    { name: 'no object', body: [], says: 'got an array of 0, expected an object' },
  ])('answers 400 to $name', async ({ body, says }) => {
    const answer = await at.post(INFER, body);

    expect(answer.status).toBe(400);
    expect((answer.body as { error: string }).error).toContain(says);
  });

  it.each([
    ['/v2/models/churn', "model 'churn' is not served here; served: flight-delay"],
    ['/v2/models/flight-delay/versions/9', "version '9' of model 'flight-delay' is not served"],
    ['/v3', 'there is no /v3; there are: GET /'],
  ])('answers 404 to %s', async (path, says) => {
    const answer = await at.get(path);

    expect(answer.status).toBe(404);
    expect((answer.body as { error: string }).error).toContain(says);
  });

  it('answers 405 to another method, and says which it takes', async () => {
    expect(await at.get('/predict')).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
      body: { error: 'GET is not for /predict; use POST' },
    });
  });

  it('infers with a version that does not know a newer feature', async () => {
    const { features } = flightDelay();
    const newer = flightDelay({
      features: { ...features, wind: { kind: 'number', description: 'Wind' } },
    });
    at = flightEndpoint(newer, at.flights);

    expect(await at.post(INFER, { inputs })).toMatchObject({ status: 200 });
    expect((await at.post('/predict', flight)).status).toBe(400);
  });
});
