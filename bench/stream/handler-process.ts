/** The consumer's handler alone, as a process. Arguments: model file, file of events, records. */
import { readFileSync } from 'node:fs';
import { openSession } from '../../core/onnx/session.ts';
import { createEventDecoder } from '../../core/serve/decode-event.ts';
import { createEventPredictor } from '../../core/serve/predict-events.ts';
import { createHandler } from '../../lambdas/consume.ts';
import { functionTelemetry } from '../../lambdas/telemetry.ts';
import { model } from '../../models/flight-delay/model.ts';
import { inMemoryServer } from '../online/in-memory.ts';
import type { KinesisStreamEvent } from 'aws-lambda';
import type { InputBatch } from '../../core/model/signature.ts';

export interface HandlerTook {
  readonly records: number;
  readonly cpuSeconds: number;
  /** Of bare runs of the model on the same rows. */
  readonly onnxCpuSeconds: number;
  /** Resident memory after a tenth of the records, and at the most after that. */
  readonly earlyMiB: number;
  readonly lateMiB: number;
}

const WARM_UP_ROUNDS = 40;

const [, , file = '', eventsFile = '', wanted = ''] = process.argv;
const onnx = readFileSync(file);
const events = readFileSync(eventsFile, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): KinesisStreamEvent => JSON.parse(line));

const decoder = createEventDecoder(model);
let answered = 0;
const handler = createHandler({
  server: inMemoryServer(onnx),
  decoder,
  predictEvents: createEventPredictor(model, decoder),
  predictions: {
    put: async (records) => {
      answered += records.length;
    },
  },
  quarantine: { keep: async () => {} },
  telemetry: functionTelemetry('consume', model.name),
  now: () => new Date(),
});

const session = await openSession(onnx);
const batches = await rowsOf(events);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
let [ours, bare, early, late] = [0, 0, 0, 0];
for (let round = -WARM_UP_ROUNDS; answered < Number(wanted); round++) {
  const at = (round + events.length * 2) % events.length;
  const before = cpuSeconds();
  await handler(events[at]!);
  const between = cpuSeconds();
  await session.run(batches[at]!);
  if (round < 0) {
    answered = 0;
    continue;
  }
  ours += between - before;
  bare += cpuSeconds() - between;
  const memory = process.memoryUsage.rss() / 2 ** 20;
  if (answered < Number(wanted) / 10) early = Math.max(early, memory);
  else late = Math.max(late, memory);
}
process.stdout.write = write;
const took: HandlerTook = {
  records: answered,
  cpuSeconds: ours,
  onnxCpuSeconds: bare,
  earlyMiB: early,
  lateMiB: late,
};
console.log(JSON.stringify(took));

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What the model gets of each batch, seen through the handler's own eyes. */
async function rowsOf(all: readonly KinesisStreamEvent[]): Promise<InputBatch[]> {
  const seen: InputBatch[] = [];
  const watched = createHandler({
    server: inMemoryServer(onnx, async (bytes) => {
      const opened = await openSession(bytes);
      return {
        ...opened,
        run: async (batch) => {
          seen.push(batch);
          return opened.run(batch);
        },
      };
    }),
    decoder,
    predictEvents: createEventPredictor(model, decoder),
    predictions: { put: async () => {} },
    quarantine: { keep: async () => {} },
    telemetry: {
      count: () => {},
      measure: () => {},
      publish: () => {},
      warn: () => {},
      error: () => {},
    },
    now: () => new Date(),
  });
  for (const event of all) await watched(event);
  return seen;
}
