/** The online endpoint of a model, wired to the stack that the environment names. */
import { kinesisRecords } from '../core/aws/predictions-stream.ts';
import { quickFacts } from '../core/aws/quick-facts.ts';
import { quickObjects } from '../core/aws/quick-objects.ts';
import { readSecret } from '../core/aws/secret.ts';
import { requireEnv } from '../core/env.ts';
import type { ModelDefinition } from '../core/model/index.ts';
import { prepareRuntime } from '../core/onnx/runtime.ts';
import { createEndpoint } from '../core/serve/endpoint.ts';
import { createRollingFeatures } from '../core/serve/rolling/rolling-values.ts';
import { tokenGate } from '../core/serve/token-gate.ts';
import { unsentRecords } from '../core/serve/unsent-records.ts';
import { type ServerOptions, championServer } from './champion.ts';
import { streamSink } from './record-sink.ts';
import type { PredictParts } from './respond.ts';
import { functionTelemetry } from './telemetry.ts';

/** Few, since the function has seconds, and the bucket takes what the stream does not. */
const RECORD_ATTEMPTS = 3;

/** @param stopwatch milliseconds of a clock that only goes forward */
export function predictParts(
  definition: ModelDefinition,
  stopwatch: () => number,
  options: Pick<ServerOptions, 'open'> = {},
): PredictParts {
  const { name } = definition;
  const telemetry = functionTelemetry('predict', name);
  const server = championServer(definition, telemetry, { challenged: true, ...options });
  const objects = quickObjects(requireEnv('BUCKET'));
  const stream = kinesisRecords(requireEnv('PREDICTIONS_STREAM'), { attempts: RECORD_ATTEMPTS });
  const secret = process.env['TOKEN_SECRET'];
  // Opened before the first request, which waits for it only if it is not open yet.
  server.use(new Date(), async () => {}).catch(() => {});
  prepareRuntime();
  return {
    endpoint: createEndpoint({
      definition,
      server,
      objects,
      rolling: createRollingFeatures(definition, () => quickFacts(requireEnv('TABLE'))),
      stopwatch,
      ...(secret !== undefined && { gate: tokenGate(() => readSecret(secret)) }),
    }),
    records: streamSink({ stream, unsent: unsentRecords(objects, name), telemetry }),
    telemetry,
    stopwatch,
  };
}
