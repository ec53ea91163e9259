/** The handler in this process, beside a bare run of its model. */
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { performance } from 'node:perf_hooks';
import { openSession } from '../../core/onnx/session.ts';
import { createHandler } from '../../lambdas/predict.ts';
import { inMemoryParts } from './in-memory.ts';
import type { ServedFile } from './model-file.ts';

const ROUNDS = 5000;
const WARM_UP = 1000;

/** Medians in microseconds, of one row each. */
export interface Overhead {
  readonly bare: number;
  /** Function URL event in, answer out. */
  readonly handler: number;
  /** What is left to do after the answer, without the put itself. */
  readonly record: number;
}

export async function measureOverhead({ onnx, row, batchOf }: ServedFile): Promise<Overhead> {
  const session = await openSession(onnx);
  const batch = batchOf(session.signature);
  const handler = createHandler(inMemoryParts(onnx));
  const took = { bare: [] as number[], handler: [] as number[], record: [] as number[] };
  const write = process.stdout.write.bind(process.stdout);
  // Metrics are made but not shown: their lines are not what is measured here.
  process.stdout.write = () => true;
  try {
    for (let round = 0; round < ROUNDS + WARM_UP; round++) {
      const event = eventOf(row, round);
      const started = performance.now();
      await session.run(batch);
      const bareAt = performance.now();
      const { finish } = await handler(event);
      const answeredAt = performance.now();
      await finish();
      if (round < WARM_UP) continue;
      took.bare.push(bareAt - started);
      took.handler.push(answeredAt - bareAt);
      took.record.push(performance.now() - answeredAt);
    }
  } finally {
    process.stdout.write = write;
  }
  await session.release();
  return { bare: median(took.bare), handler: median(took.handler), record: median(took.record) };
}

function median(milliseconds: readonly number[]): number {
  return Float64Array.from(milliseconds).toSorted()[milliseconds.length >> 1]! * 1000;
}

function eventOf(row: ServedFile['row'], round: number): LambdaFunctionURLEvent {
  const http = {
    method: 'POST',
    path: '/predict',
    protocol: 'HTTP/1.1',
    sourceIp: '127.0.0.1',
    userAgent: 'bench',
  };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/predict',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', host: 'localhost' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: 'localhost',
      domainPrefix: 'bench',
      http,
      requestId: `request-${round}`,
      routeKey: '$default',
      stage: '$default',
      time: '01/May/2001:12:00:00 +0000',
      timeEpoch: Date.now(),
    },
    body: JSON.stringify(row),
    isBase64Encoded: false,
  };
}
