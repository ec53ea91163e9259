/** Our side of the benchmark: the endpoint behind the HTTP adapter. Arguments: model file, port. */
import { readFileSync } from 'node:fs';
import { openSession } from '../../core/onnx/session.ts';
import { coalesced } from '../../core/serve/coalesce.ts';
import { backgroundSink } from '../../lambdas/background-sink.ts';
import { createHttpServer } from '../../lambdas/http-server.ts';
import { createResponder } from '../../lambdas/respond.ts';
import { inMemoryParts } from './in-memory.ts';

const [, , file = '', port = '0'] = process.argv;
const parts = inMemoryParts(readFileSync(file), async (bytes) =>
  coalesced(await openSession(bytes)),
);
const records = backgroundSink(parts.records);
createHttpServer({ respond: createResponder({ ...parts, records }), now: () => new Date() }).listen(
  Number(port),
  '127.0.0.1',
);
setInterval(() => parts.telemetry.publish(new Date()), 5000);
