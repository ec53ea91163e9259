/** The parts of an endpoint around one model file, with nothing behind them but this process. */
import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { openSession } from '../../core/onnx/session.ts';
import { createEndpoint } from '../../core/serve/endpoint.ts';
import type { ModelSession } from '../../core/onnx/session.ts';
import { type ModelServer, createModelServer } from '../../core/serve/model-server.ts';
import { streamSink } from '../../lambdas/record-sink.ts';
import type { PredictParts } from '../../lambdas/respond.ts';
import { functionTelemetry } from '../../lambdas/telemetry.ts';
import { model } from '../../models/flight-delay/model.ts';

/** @param open @default as a function of Lambda opens it */
export function inMemoryParts(
  onnx: Uint8Array,
  open: (bytes: Uint8Array) => Promise<ModelSession> = openSession,
): PredictParts {
  const telemetry = functionTelemetry('predict', model.name);
  return {
    endpoint: createEndpoint({
      definition: model,
      server: inMemoryServer(onnx, open),
      objects: { putIfAbsent: async () => true },
      stopwatch: now,
    }),
    // Records are made and serialized as they are for a stream, which takes them for nothing.
    records: streamSink({
      stream: { put: async () => {} },
      unsent: { setAside: async () => {} },
      telemetry,
    }),
    telemetry,
    stopwatch: now,
  };
}

/** @param open @default as a function of Lambda opens it */
export function inMemoryServer(
  onnx: Uint8Array,
  open: (bytes: Uint8Array) => Promise<ModelSession> = openSession,
): ModelServer {
  const { name } = model;
  const sha256 = createHash('sha256').update(onnx).digest('hex');
  const entry = {
    model: name,
    alias: 'champion',
    entry: 1,
    kind: 'promotion',
    version: 1,
    at: '2001-05-01T00:00:00.000Z',
    reason: 'benchmark',
    by: 'benchmark',
    sha256: '',
  } as const;
  return createModelServer({
    definition: model,
    registry: {
      championOf: async () => entry,
      aliasOf: async () => entry,
      version: async () => ({
        model: name,
        version: 1,
        runId: 'benchmark',
        sha256,
        createdAt: entry.at,
        metrics: {},
        signature: { numbers: [], categories: [], times: [], output: 'probability' },
        lineage: { datasetFingerprint: '', codeFingerprint: '' },
      }),
    },
    objects: { get: async () => onnx },
    openSession: open,
    reloadSeconds: 5,
    onLoadFailure: (cause) => {
      throw cause;
    },
  });
}

function now(): number {
  return performance.now();
}
