/** The consumer beside a bare run of its model, beside Python, and in the laptop's region. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Measured } from './measured.ts';
import { trainServedFile } from './online/model-file.ts';
import { pythonWith } from './python.ts';
import { flightsAsEvents, writeEvents } from './stream/events-file.ts';
import type { HandlerTook } from './stream/handler-process.ts';
import { measureStream } from './stream/region.ts';

const run = promisify(execFile);
const beside = (name: string): string =>
  fileURLToPath(new URL(`./stream/${name}`, import.meta.url));

const RECORDS = 1_000_000;
const COMPARED_RECORDS = 200_000;
const ROUNDS = 3;

/** As AWS's runtime starts Node for a function of 1024 MiB. */
const AS_IN_LAMBDA = '--max-semi-space-size=51';

/** On one processor core, so that both sides have the same. */
const ONE_CORE = process.platform === 'linux' ? ['taskset', '-c', '0'] : [];

export async function stream(): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemill-bench-stream-'));
  try {
    const model = join(folder, 'model.onnx');
    const events = join(folder, 'events.jsonl');
    const given = process.env['BENCH_MODEL'];
    await (given === undefined
      ? writeFile(model, (await trainServedFile()).onnx)
      : run('cp', [given, model]));
    await writeEvents(events, await flightsAsEvents('2001-05-01', '2001-06-01', 10));

    const ours = [process.execPath, AS_IN_LAMBDA, '--import', 'tsx', beside('handler-process.ts')];
    const python = await pythonWith('onnxruntime', 'numpy');
    const theirs = python === undefined ? undefined : [python, beside('handler.py')];
    const compared: { readonly ours: HandlerTook; readonly theirs?: Took | undefined }[] = [];
    // Turn by turn, so that a busy moment of the machine strikes both sides.
    for (let round = 0; round < ROUNDS; round++) {
      compared.push({
        ours: await took<HandlerTook>(ours, model, events, COMPARED_RECORDS),
        theirs: theirs && (await took<Took>(theirs, model, events, COMPARED_RECORDS)),
      });
    }
    const many = await took<HandlerTook>(ours, model, events, RECORDS);
    const region = await measureStream(model, folder);
    const perRecord = (one: Took): number => (one.cpuSeconds / one.records) * 1e6;
    return {
      ratios: {
        ...(python !== undefined && {
          handler_vs_python: median(
            compared.map((round) => perRecord(round.theirs!) / perRecord(round.ours)),
          ),
        }),
        handler_vs_onnx: median(
          compared.map((round) => round.ours.onnxCpuSeconds / round.ours.cpuSeconds),
        ),
        memory_growth: many.lateMiB / many.earlyMiB,
      },
      figures: {
        records_per_cpu_second: Math.round(1e6 / perRecord(many)),
        handler_us: perRecord(many),
        onnx_us: (many.onnxCpuSeconds / many.records) * 1e6,
        python_us:
          python === undefined
            ? "skipped: no python3 with onnxruntime and numpy; set BENCH_PYTHON to one's path"
            : median(compared.map((round) => perRecord(round.theirs!))),
        memory_mib: many.lateMiB,
        ...region,
      },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Took {
  readonly records: number;
  readonly cpuSeconds: number;
}

async function took<Kind extends Took>(
  command: readonly string[],
  model: string,
  events: string,
  records: number,
): Promise<Kind> {
  const [program, ...rest] = [...ONE_CORE, ...command, model, events, String(records)];
  const { stdout } = await run(program, rest);
  const said: Kind = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return said;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
