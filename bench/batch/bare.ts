/**
 * ONNX Runtime alone over rows that are ready in memory: `bare <model file> <every>`, one
 * flight in so many, one thread. Opening the model and copying the rows in and out count; reading and writing do not.
 */
import { readFile } from 'node:fs/promises';
import { toInputBatch } from '../../core/data/columns.ts';
import { openSession } from '../../core/onnx/session.ts';
import { loadFlights } from '../flights.ts';

/** The size of batches that scoring gives ONNX Runtime. */
const BATCH_ROWS = 16_384;

const [file = '', every = '1'] = process.argv.slice(2);
const columns = await loadFlights({ from: '2001-01-01', to: '2001-07-01', every: Number(every) });
const bytes = await readFile(file);
const { signature } = await openSession(bytes);
const batches = Array.from({ length: Math.ceil(columns.rows / BATCH_ROWS) }, (_, at) =>
  toInputBatch(columns, signature, at * BATCH_ROWS, Math.min(columns.rows, (at + 1) * BATCH_ROWS)),
);
const started = { at: performance.now(), cpu: process.cpuUsage() };
const session = await openSession(bytes);
for (const input of batches) await session.run(input);
const { user, system } = process.cpuUsage(started.cpu);
console.log(
  JSON.stringify({
    rows: columns.rows,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - started.at) / 1000,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
