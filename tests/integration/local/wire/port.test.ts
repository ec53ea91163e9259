import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { decode, encode, Tagged } from 'cborg';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AwsError } from '../../../../local/wire/aws-error.ts';
import type { Operation, Operations } from '../../../../local/wire/operations.ts';
import { createPort, type Port } from '../../../../local/wire/port.ts';
import { createRestService } from '../../../../local/wire/rest-json.ts';
import { createRpcService } from '../../../../local/wire/rpc.ts';
import { clientOf } from '../storage-region.ts';

const seen: unknown[] = [];
const operations: Operations = {
  async Echo(input) {
    seen.push(input);
    return { At: new Date('2026-01-01T00:00:00.500Z'), Names: ['a', '<b>'], None: undefined };
  },
  async ListMetrics(input) {
    seen.push(input);
    return { Metrics: [{ Namespace: 'Tidemill', MetricName: 'PSI', Dimensions: [] }] };
  },
  async ListTopics() {
    return { Topics: [{ TopicArn: 'arn:aws:sns:us-east-1:000000000000:a&b' }] };
  },
  async Refuse() {
    throw new AwsError('NoSuchThing', 'there is none', { queryCode: 'Legacy.NoSuchThing' });
  },
  async Break() {
    throw new Error('a defect');
  },
  async Hang() {
    seen.push('hanging');
    return new Promise(() => {});
  },
};
const echo: Operation = async (input) => input;
const rest = createRestService('lambda', [
  { name: 'GetFunction', method: 'GET', path: '/functions/{Name}', operation: echo },
  { name: 'TagResource', method: 'POST', path: '/tags/{Arn+}', operation: echo, status: 204 },
  {
    name: 'Invoke',
    method: 'POST',
    path: '/functions/{Name}/invocations',
    raw: async ({ body, labels }) => ({
      status: 200,
      body: `${labels['Name']}: ${body.toString()}`,
    }),
  },
]);

let port: Port;
let number: number;

beforeEach(async () => {
  seen.length = 0;
  const xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
  const names = ['monitoring', 'sns'];
  const rpc = names.map((name) =>
    createRpcService({ signingName: name, operations, xmlNamespace }),
  );
  port = createPort({ services: [...rpc, rest], port: 0 });
  number = await port.listen();
});
afterEach(async () => {
  await port.close();
});

function signedFor(service: string): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=K/20260101/us-east-1/${service}/aws4_request, Signature=0`,
  };
}

async function json(operation: string, body = '{}'): Promise<Response> {
  return fetch(`http://127.0.0.1:${number}/`, {
    method: 'POST',
    headers: {
      ...signedFor('monitoring'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Any.${operation}`,
    },
    body,
  });
}

async function form(body: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${number}/`, {
    method: 'POST',
    headers: { ...signedFor('sns'), 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
}

async function callRest(method: string, path: string, body?: string): Promise<Response> {
  const headers = signedFor('lambda');
  return fetch(`http://127.0.0.1:${number}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
}

describe('one table of operations', () => {
  it('is served to clients that speak JSON', async () => {
    const response = await json('Echo', '{"A":1}');

    expect(seen).toEqual([{ A: 1 }]);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    // 1767225600 is 2026-01-01T00:00:00Z
    expect(await response.json()).toEqual({ At: 1_767_225_600.5, Names: ['a', '<b>'] });
  });

  it('is served to clients that speak the query protocol', async () => {
    const response = await form('Action=Echo&Version=2010-03-31&A.member.1=x');

    expect(seen).toEqual([{ A: ['x'] }]);
    expect(await response.text()).toMatch(
      /^<EchoResponse xmlns="[^"]+"><EchoResult><At>2026-01-01T00:00:00.500Z<\/At><Names><member>a<\/member><member>&lt;b&gt;<\/member><\/Names><\/EchoResult><ResponseMetadata><RequestId>/,
    );
  });

  it('is served to clients that speak CBOR', async () => {
    const url = `http://127.0.0.1:${number}/service/GraniteServiceVersion20100801/operation/Echo`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...signedFor('monitoring'), 'smithy-protocol': 'rpc-v2-cbor' },
      body: Buffer.from(encode({ A: new Tagged(1, 5) })),
    });

    expect(seen).toEqual([{ A: new Date(5000) }]);
    expect(response.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    expect(
      decode(Buffer.from(await response.arrayBuffer()), {
        tags: { 1: (content: () => unknown) => new Date(Number(content()) * 1000) },
      }),
    ).toEqual({
      At: new Date('2026-01-01T00:00:00.500Z'),
      Names: ['a', '<b>'],
    });
  });

  it('is served to default clients of the SDK', async () => {
    const cloudwatch = new CloudWatchClient(clientOf(number));
    const sns = new SNSClient(clientOf(number));

    const { Metrics } = await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Tidemill' }));
    const { Topics } = await sns.send(new ListTopicsCommand({}));

    expect(Metrics).toEqual([{ Namespace: 'Tidemill', MetricName: 'PSI', Dimensions: [] }]);
    expect(Topics).toEqual([{ TopicArn: 'arn:aws:sns:us-east-1:000000000000:a&b' }]);
    cloudwatch.destroy();
    sns.destroy();
  });
});

describe('errors', () => {
  it('reach clients that speak JSON with the code of either protocol', async () => {
    const response = await json('Refuse');

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('NoSuchThing');
    expect(response.headers.get('x-amzn-query-error')).toBe('Legacy.NoSuchThing;Sender');
    expect(await response.json()).toEqual({ __type: 'NoSuchThing', message: 'there is none' });
  });

  it('reach clients that speak the query protocol as XML', async () => {
    const response = await form('Action=Refuse');

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(
      '<Error><Type>Sender</Type><Code>Legacy.NoSuchThing</Code><Message>there is none</Message></Error>',
    );
  });

  it('of the region itself are a 500 for the client and a line on stderr', async () => {
    const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});

    const response = await json('Break');

    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ __type: 'InternalFailure' });
    expect(stderr).toHaveBeenCalledWith('monitoring Break failed:', expect.any(Error));
    stderr.mockRestore();
  });

  it.each([
    {
      wrong: 'an unknown operation',
      operation: 'constructor',
      body: '{}',
      code: 'UnknownOperationException',
    },
    {
      wrong: 'a body that is not JSON',
      operation: 'Echo',
      body: '{',
      code: 'SerializationException',
    },
    {
      wrong: 'a body that is no object',
      operation: 'Echo',
      body: '[]',
      code: 'SerializationException',
    },
  ])('tell of $wrong', async ({ operation, body, code }) => {
    const response = await json(operation, body);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: code });
  });

  it('tell of a body that is too large, and the connection goes on', async () => {
    const response = await json('Echo', `{"a":"${'x'.repeat(17 * 2 ** 20)}"}`);

    expect(response.status).toBe(413);
    expect((await json('Echo')).status).toBe(200);
  });

  it('name what is hosted when a service is not, and when nobody signed', async () => {
    const unknown = await fetch(`http://127.0.0.1:${number}/`, { headers: signedFor('ec2') });
    const unsigned = await fetch(`http://127.0.0.1:${number}/`);

    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain(
      "this region hosts no service 'ec2'; it hosts: lambda, monitoring, sns",
    );
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain('lambda, monitoring, sns');
  });
});

describe('REST services', () => {
  it('take labels, query and body together', async () => {
    const response = await callRest('GET', '/functions/a%2Fb?MaxItems=5&Key=1&Key=2');

    expect(await response.json()).toEqual({ Name: 'a/b', MaxItems: '5', Key: ['1', '2'] });
  });

  it('take the rest of the path where a label is greedy', async () => {
    expect((await callRest('POST', '/tags/arn:aws:x/y/z', '{}')).status).toBe(204);
  });

  it('give raw routes the body as it is', async () => {
    const response = await callRest('POST', '/functions/f/invocations', 'not json');

    expect(await response.text()).toBe('f: not json');
  });

  it('fail for a path that no route has', async () => {
    const response = await callRest('DELETE', '/functions/f');

    expect(response.status).toBe(404);
    expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });
});

describe('connections', () => {
  it('may speak HTTP/2 from their first byte', async () => {
    const session = http2.connect(`http://127.0.0.1:${number}`);
    const stream = session.request({
      ':method': 'POST',
      ...signedFor('monitoring'),
      'x-amz-target': 'Any.Echo',
    });
    stream.end('{"A":2}');
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];

    expect(headers[':status']).toBe(200);
    expect(seen).toEqual([{ A: 2 }]);
    session.close();
  });

  it('may come in single bytes', async () => {
    const socket = net.connect(number, '127.0.0.1');
    socket.setNoDelay(true);
    const request = `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    for (const byte of request.slice(0, 6)) {
      socket.write(byte);
      await new Promise((resolve) => {
        setTimeout(resolve, 2);
      });
    }
    socket.write(request.slice(6));
    const [answer] = (await once(socket, 'data')) as [Buffer];

    expect(answer.toString()).toMatch(/^HTTP\/1.1 403 /);
    socket.destroy();
  });

  it('that break off or speak nonsense disturb nobody', async () => {
    const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
    const half = `POST / HTTP/1.1\r\nhost: x\r\nauthorization: ${signedFor('monitoring')['authorization']}\r\nx-amz-target: A.Echo\r\ncontent-length: 100\r\n\r\n{"a"`;
    for (const start of [
      half,
      '\0\0\0\0\0\0',
      'PRI * HTTP/2.0\r\n\r\nnonsense that is long enough',
      'P',
    ]) {
      const socket = net.connect(number, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(start);
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
      socket.destroy();
    }

    expect((await json('Echo')).status).toBe(200);
    expect(stderr).not.toHaveBeenCalled();
    stderr.mockRestore();
  });

  it('that are idle do not hold up closing', async () => {
    await (await json('Echo')).text();
    const idle = net.connect(number, '127.0.0.1');
    await once(idle, 'connect');
    const session = http2.connect(`http://127.0.0.1:${number}`);
    session.on('error', () => {});
    await once(session, 'connect');
    const start = performance.now();

    await port.close();

    expect(performance.now() - start).toBeLessThan(1000);
    idle.destroy();
    session.destroy();
  });

  it('that wait for an answer hold up closing only for a moment', async () => {
    const waiting = json('Hang').catch(() => 'broken off');
    await vi.waitFor(() => expect(seen).toEqual(['hanging']));

    await port.close();

    expect(await waiting).toBe('broken off');
  });
});
