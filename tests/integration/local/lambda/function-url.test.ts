import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './lambda-bench.ts';

let bench: Bench;
let echo: string;
let answers: string;
let streaming: string;

beforeAll(async () => {
  bench = await openBench();
  await bench.add('echo', 'export const handler = async (event) => event;');
  await bench.add(
    'answers',
    `const answers = {
       '/plain': 'hello',
       '/full': { statusCode: 201, headers: { 'X-Version': 7, 'Content-Type': 'text/plain' },
                  cookies: ['a=1', 'b=2'], body: 'made' },
       '/binary': { statusCode: 200, body: Buffer.from([0, 255, 1]).toString('base64'),
                    isBase64Encoded: true },
       '/malformed': { statusCode: 'many' },
       '/split': { statusCode: 200, headers: { 'x-split': 'a\\r\\nb' } },
     };
     export const handler = async ({ rawPath }) => {
       if (rawPath === '/throw') throw new Error('secret detail');
       return answers[rawPath];
     };`,
  );
  await bench.add(
    'streaming',
    `export const handler = awslambda.streamifyResponse(async (event, response) => {
       response = awslambda.HttpResponseStream.from(response, {
         statusCode: 203, headers: { 'x-kind': 'stream' }, cookies: ['s=1'] });
       for (const part of ['one ', 'two ', 'three']) {
         response.write(part);
         await new Promise((resolve) => setTimeout(resolve, 50));
       }
       response.end();
     });`,
  );
  echo = await bench.addUrl('echo', {
    Cors: { AllowOrigins: ['https://app.example'], AllowMethods: ['POST'], MaxAge: 60 },
  });
  answers = await bench.addUrl('answers');
  streaming = await bench.addUrl('streaming', { InvokeMode: 'RESPONSE_STREAM' });
});
afterAll(() => bench.close());

function preflight(origin: string): Promise<Response> {
  return fetch(echo, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
}

describe('the event of a Function URL', () => {
  it('has the shape of payload format 2.0', async () => {
    const response = await fetch(`${echo}models/a%20b?x=1&x=2&y=%C3%A4`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: 'k=v; l=w', 'X-Trace': 'T' },
      body: '{"rows":[1]}',
    });

    const event = (await response.json()) as { requestContext: Record<string, string> };
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/models/a%20b',
      rawQueryString: 'x=1&x=2&y=%C3%A4',
      queryStringParameters: { x: '1,2', y: 'ä' },
      cookies: ['k=v', 'l=w'],
      headers: { 'content-type': 'application/json', 'x-trace': 'T' },
      requestContext: {
        http: { method: 'POST', path: '/models/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        stage: '$default',
      },
      body: '{"rows":[1]}',
      isBase64Encoded: false,
    });
    expect(event.requestContext['time']).toMatch(
      /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
    );
    expect(event.requestContext['requestId']).toBe(response.headers.get('x-amzn-requestid'));
  });

  it.each([
    { kind: 'a form', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    {
      kind: 'compressed JSON',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    },
    { kind: 'an image', headers: { 'content-type': 'image/png' } },
  ])('carries $kind in base 64', async ({ headers }) => {
    const response = await fetch(echo, { method: 'POST', headers, body: 'a=b' });

    expect(await response.json()).toMatchObject({ body: 'YT1i', isBase64Encoded: true });
  });

  it('has no body for a GET', async () => {
    const event = await (await fetch(echo)).json();

    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('queryStringParameters');
  });
});

describe('the answer of a Function URL', () => {
  it('is 200 with JSON when the function names no status', async () => {
    const response = await fetch(`${answers}plain`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    // with the quotes, 7 bytes, as in the table of AWS's documentation
    expect(await response.text()).toBe('"hello"');
  });

  it('has status, headers and cookies of the function', async () => {
    const response = await fetch(`${answers}full`);

    expect(response.status).toBe(201);
    expect(response.headers.get('x-version')).toBe('7');
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('made');
  });

  it('is binary when the function says so', async () => {
    const body = await (await fetch(`${answers}binary`)).arrayBuffer();

    expect([...new Uint8Array(body)]).toEqual([0, 255, 1]);
  });

  it.each(['throw', 'malformed', 'split'])(
    'is a bare 502 for a function that fails: %s',
    async (path) => {
      const response = await fetch(answers + path);

      expect(response.status).toBe(502);
      expect(await response.text()).toBe('Internal Server Error');
    },
  );

  it('is 413 for a body of 7 MB, and the connection goes on', async () => {
    const response = await fetch(echo, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify('x'.repeat(7e6)),
    });

    expect(response.status).toBe(413);
    expect((await fetch(echo)).status).toBe(200);
  });

  it('comes piece by piece from a streaming handler', async () => {
    const parts: string[] = [];
    const head = await new Promise<Record<string, unknown>>((resolve, reject) => {
      request(streaming, (response) => {
        response.on('data', (part: Buffer) => parts.push(part.toString()));
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            kind: response.headers['x-kind'],
            cookies: response.headers['set-cookie'],
          }),
        );
      })
        .on('error', reject)
        .end();
    });

    expect(head).toEqual({ status: 203, kind: 'stream', cookies: ['s=1'] });
    expect(parts.join('')).toBe('one two three');
    expect(parts.length).toBeGreaterThan(1);
  });
});

describe('cross-origin requests', () => {
  it('are answered by the URL as the template says', async () => {
    const { headers } = await preflight('https://app.example');

    expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(headers.get('access-control-allow-methods')).toBe('POST');
    expect(headers.get('access-control-max-age')).toBe('60');
  });

  it('get no permission from another origin', async () => {
    const { headers } = await preflight('https://evil.example');

    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
