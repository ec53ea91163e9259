import { describe, expect, it } from 'vitest';
import { createFunctionCatalogue } from '../../../../local/lambda/functions.ts';
import type { HostedFunction } from '../../../../local/lambda/hosted-function.ts';

const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:predict';

function catalogue() {
  const functions = createFunctionCatalogue();
  const hosted: HostedFunction = {
    configuration: {
      name: 'predict',
      arn: functionArn,
      description: '',
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      memoryMiB: 128,
      timeoutSeconds: 3,
      roleArn: 'arn:role',
      environment: {},
      logGroup: '/aws/lambda/predict',
    },
    run: async ({ payload }) => ({ payload, failed: payload === '"bad"', durationMs: 1 }),
    stop: async () => undefined,
  };
  functions.add(hosted);
  functions.addQualifier('predict', 'live');
  return functions;
}

describe('a catalogue of functions', () => {
  it.each([
    'predict',
    'predict:live',
    'predict:$LATEST',
    '000000000000:function:predict',
    functionArn,
    `${functionArn}:live`,
  ])('finds %s', (name) => {
    expect(catalogue().find(name).configuration.arn).toBe(functionArn);
  });

  it.each(['ghost', 'predict:ghost', `${functionArn}:7`])('fails on %s', (name) => {
    expect(() => catalogue().find(name)).toThrow(/Function not found.*there are: predict/);
  });

  it('tells success and failure of an invocation apart', async () => {
    const functions = catalogue();

    expect(await functions.invoke('predict', '1')).not.toHaveProperty('functionError');
    expect(await functions.invoke('predict', '"bad"')).toMatchObject({
      functionError: 'Unhandled',
      payload: '"bad"',
    });
  });

  it('fails on an event of more than 6 MB', async () => {
    await expect(catalogue().invoke('predict', 'x'.repeat(6 * 2 ** 20 + 1))).rejects.toThrow(
      'smaller than 6291456 bytes',
    );
  });
});
