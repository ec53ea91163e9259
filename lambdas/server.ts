/**
 * The online endpoint as a process of its own, for a container or any machine: needs MODEL, BUCKET,
 * TABLE and PREDICTIONS_STREAM as the function does, and listens on PORT (8080). It authenticates
 * nobody unless TOKEN_SECRET names a secret; put it behind something that does.
 */
import { performance } from 'node:perf_hooks';
import { requireEnv } from '../core/env.ts';
import { openSession } from '../core/onnx/session.ts';
import { coalesced } from '../core/serve/coalesce.ts';
import { loadModel } from '../models/index.ts';
import { backgroundSink } from './background-sink.ts';
import { createHttpServer } from './http-server.ts';
import { predictParts } from './predict-parts.ts';
import { createResponder } from './respond.ts';

const PUBLISH_MS = 5000;

const definition = await loadModel(requireEnv('MODEL'));
const parts = predictParts(definition, () => performance.now(), {
  open: async (bytes) => coalesced(await openSession(bytes)),
});
const records = backgroundSink(parts.records);
const server = createHttpServer({
  respond: createResponder({ ...parts, records }),
  corsOrigins: definition.serving.online?.corsOrigins ?? [],
  now: () => new Date(),
});

const publish = (): void => parts.telemetry.publish(new Date());
const timer = setInterval(publish, PUBLISH_MS);
timer.unref();

server.listen(Number(process.env['PORT'] ?? 8080), () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  console.log(JSON.stringify({ listening: port, model: definition.name }));
});

/** Answers what is under way, keeps its records, and ends. */
async function stop(): Promise<void> {
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  await records.drained();
  publish();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
