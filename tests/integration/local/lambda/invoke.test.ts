import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './lambda-bench.ts';

let bench: Bench;
let client: LambdaClient;

beforeAll(async () => {
  bench = await openBench({ limits: { concurrency: 2, queueMs: 200 } });
  client = new LambdaClient({
    endpoint: bench.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  await bench.add(
    'echo',
    `import { z } from 'zod';
     console.log('loaded', typeof z.string);
     export const handler = async (event, context) => {
       console.log('called with', event.n);
       return { event, name: context.functionName, arn: context.invokedFunctionArn,
                left: context.getRemainingTimeInMillis(), memory: context.memoryLimitInMB };
     };`,
    { MemorySize: 256, Timeout: 5 },
  );
  await bench.add('environment', 'export const handler = async () => process.env;', {
    Environment: { Variables: { TABLE: 'facts' } },
    MemorySize: 512,
  });
  await bench.add('callback', 'exports.handler = (event, context, done) => done(null, event.n);');
  await bench.add('silent', 'exports.handler = () => {};');
  await bench.add(
    'throwing',
    `export const handler = async () => { throw new TypeError('no such model'); };`,
  );
  await bench.add(
    'hanging',
    'export const handler = () => new Promise(() => setInterval(() => {}, 1e6));',
    {
      Timeout: 1,
    },
  );
  await bench.add('spinning', 'export const handler = async () => { for (;;); };', { Timeout: 1 });
  await bench.add(
    'crashing',
    'export const handler = async (event) => { if (event.crash) process.exit(3); return process.pid; };',
  );
  await bench.add('broken', `import 'no-such-package'; export const handler = async () => 1;`);
  await bench.add('unparsable', 'export const = ;');
  await bench.add('large', `export const handler = async () => 'x'.repeat(7e6);`);
  await bench.add(
    'slow',
    'export const handler = () => new Promise((resolve) => setTimeout(() => resolve(1), 500));',
    { ReservedConcurrentExecutions: 1, Timeout: 10 },
  );
});
afterAll(() => bench.close());

async function invoke(name: string, payload: unknown = {}) {
  const answer = await client.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload), LogType: 'Tail' }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  return {
    error: answer.FunctionError,
    payload: JSON.parse(text),
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
}

describe('Invoke', () => {
  it('gives event and context to the handler and its answer to the caller', async () => {
    const { payload, error } = await invoke('echo', { n: 7 });

    expect(error).toBeUndefined();
    expect(payload).toMatchObject({
      event: { n: 7 },
      name: 'echo',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:echo',
      memory: '256',
    });
    expect(payload.left).toBeGreaterThan(3000);
    expect(payload.left).toBeLessThanOrEqual(5000);
  });

  it('tells what the call printed, when asked', async () => {
    const { log } = await invoke('echo', { n: 11 });

    expect(log).toMatch(/START RequestId[^]*called with 11[^]*REPORT RequestId/);
    expect(bench.lines).toContain('called with 11');
  });

  it('gives the handler the environment of Lambda and nothing of the laptop', async () => {
    process.env['LAPTOP_SECRET'] = 'x';
    const { payload } = await invoke('environment');

    expect(payload).toMatchObject({
      TABLE: 'facts',
      AWS_ENDPOINT_URL: bench.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/environment',
      // Of 512: half of a tenth, and what the tenth leaves.
      NODE_OPTIONS: '--max-semi-space-size=25 --max-old-space-size=461',
    });
    expect(payload).not.toHaveProperty('LAPTOP_SECRET');
    expect(payload).not.toHaveProperty('HOME');
  });

  it.each([
    { style: 'calls back', name: 'callback', expected: 3 },
    { style: 'neither returns nor calls back', name: 'silent', expected: null },
  ])('takes a CommonJS handler that $style', async ({ name, expected }) => {
    expect((await invoke(name, { n: 3 })).payload).toBe(expected);
  });

  it('fails with the error that the handler threw', async () => {
    const { error, payload } = await invoke('throwing');

    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such model' });
    expect(payload.trace[0]).toBe('TypeError: no such model');
  });

  it.each(['hanging', 'spinning'])('fails a %s handler after its timeout', async (name) => {
    const { error, payload } = await invoke(name);

    expect(error).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
  });

  it('fails only the call whose handler ended the process', async () => {
    const before = await invoke('crashing');
    const crash = await invoke('crashing', { crash: true });
    const after = await invoke('crashing');

    expect(crash.payload.errorType).toBe('Runtime.ExitError');
    expect(crash.payload.errorMessage).toMatch(/exit status 3$/);
    expect(before.payload).toBeTypeOf('number');
    expect(after.payload).toBeTypeOf('number');
    expect(after.payload).not.toBe(before.payload);
  });

  it.each([
    { name: 'broken', error: 'Runtime.ImportModuleError', says: 'no-such-package' },
    { name: 'unparsable', error: 'Runtime.UserCodeSyntaxError', says: 'Unexpected token' },
  ])('fails a $name function with $error', async ({ name, error, says }) => {
    const { payload } = await invoke(name);

    expect(payload.errorType).toBe(error);
    expect(payload.errorMessage).toContain(says);
  });

  it('fails an answer of more than 6 MB, and the next call works', async () => {
    expect((await invoke('large')).payload.errorType).toBe('Function.ResponseSizeTooLarge');
    expect((await invoke('large')).payload.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  it.each([
    { wrong: 'no JSON', payload: 'not json', name: 'InvalidRequestContentException' },
    {
      wrong: 'over 6 MB',
      payload: JSON.stringify('x'.repeat(7e6)),
      name: 'RequestTooLargeException',
    },
  ])('refuses an event that is $wrong', async ({ payload, name }) => {
    const call = client.send(new InvokeCommand({ FunctionName: 'echo', Payload: payload }));

    await expect(call).rejects.toMatchObject({ name });
  });

  it('refuses a function that is not there', async () => {
    await expect(invoke('ghost')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('throttles calls beyond the reserved concurrency once they waited too long', async () => {
    await invoke('slow');
    const calls = await Promise.allSettled([invoke('slow'), invoke('slow')]);

    expect(calls[0]).toMatchObject({ status: 'fulfilled' });
    expect(calls[1]).toMatchObject({ reason: { name: 'TooManyRequestsException' } });
    expect(bench.measurements).toContainEqual(
      expect.objectContaining({
        name: 'Throttles',
        value: 1,
        dimensions: { FunctionName: 'slow' },
      }),
    );
  });

  it('counts calls, errors and durations', async () => {
    await invoke('throwing');

    const own = bench.measurements.filter(
      ({ dimensions }) => dimensions['FunctionName'] === 'throwing',
    );
    expect(own.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Invocations', 'Errors', 'Duration', 'ConcurrentExecutions']),
    );
    expect(own.filter(({ name }) => name === 'Errors').every(({ value }) => value === 1)).toBe(
      true,
    );
  });
});

it('lists the functions', async () => {
  const { Functions } = await client.send(new ListFunctionsCommand({}));

  expect(Functions?.find(({ FunctionName }) => FunctionName === 'environment')).toMatchObject({
    MemorySize: 512,
    Handler: 'index.handler',
    Environment: { Variables: { TABLE: 'facts' } },
  });
});
