/** A Lambda with handlers written on the spot, for the tests of this folder. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../../../local/clock.ts';
import { systemClock } from '../../../../local/clock.ts';
import { createLambda, type Lambda } from '../../../../local/lambda/lambda.ts';
import type { FunctionLimits } from '../../../../local/lambda/hosted-function.ts';
import type { Measurement } from '../../../../local/services.ts';
import { createPort, type Port } from '../../../../local/wire/port.ts';

const place = { account: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

export interface Bench {
  readonly lambda: Lambda;
  readonly endpoint: string;
  readonly lines: string[];
  readonly measurements: Measurement[];
  readonly sent: { readonly arn: string; readonly body: string }[];
  /** Hosts `code` as the function `name`. */
  add(name: string, code: string, properties?: Record<string, unknown>): Promise<void>;
  /** Hosts a URL of the function and returns it. */
  addUrl(name: string, properties?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

export async function openBench(
  options: { clock?: Clock; limits?: FunctionLimits } = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  const lines: string[] = [];
  const measurements: Measurement[] = [];
  const sent: { arn: string; body: string }[] = [];
  let endpoint = '';
  const lambda = createLambda({
    stateFolder: join(folder, 'state'),
    projectRoot: fileURLToPath(new URL('../../../..', import.meta.url)),
    place,
    clock: options.clock ?? systemClock,
    logs: { write: (_group, _stream, line) => void lines.push(line) },
    metrics: { put: (measurement) => void measurements.push(measurement) },
    queues: { send: async (arn, body) => void sent.push({ arn, body }) },
    topics: { publish: async (arn, _subject, body) => void sent.push({ arn, body }) },
    endpoint: () => endpoint,
    urlPorts: () => 0,
    mappings: () => [],
    limits: options.limits ?? {},
  });
  const port: Port = createPort({ services: [lambda.service], port: 0 });
  endpoint = `http://127.0.0.1:${await port.listen()}`;

  const create = async (
    type: string,
    logicalId: string,
    properties: Record<string, unknown>,
    assetPath?: string,
  ) => {
    const host = lambda.hosts.find(({ types }) => types.includes(type));
    if (host === undefined) throw new Error(`no host for ${type}`);
    return host.create({
      logicalId,
      type,
      properties,
      defaultName: logicalId,
      ...(assetPath !== undefined && { assetPath }),
    });
  };

  return {
    lambda,
    endpoint,
    lines,
    measurements,
    sent,
    async add(name, code, properties = {}) {
      const asset = join(folder, `asset.${name}`);
      await mkdir(asset, { recursive: true });
      const file = code.includes('exports.') ? 'index.cjs' : 'index.mjs';
      await writeFile(join(asset, file), code);
      const defaults = { Handler: 'index.handler', Runtime: 'nodejs22.x', Role: 'arn:role' };
      await create('AWS::Lambda::Function', name, { ...defaults, ...properties }, asset);
    },
    async addUrl(name, properties = {}) {
      const { attributes } = await create('AWS::Lambda::Url', `${name}Url`, {
        TargetFunctionArn: name,
        AuthType: 'NONE',
        ...properties,
      });
      return attributes['FunctionUrl'] ?? '';
    },
    async close() {
      await lambda.close();
      await port.close();
      await rm(folder, { recursive: true });
    },
  };
}
