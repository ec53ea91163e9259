/** Threads that run kernels side by side over one memory. */
import { Worker } from 'node:worker_threads';
import { KERNELS } from './kernels.wasm.ts';

export type Operation = 'sum' | 'divide' | 'step' | 'normalise' | 'combine' | 'decode';

type Kernels = Readonly<Record<Operation, (...values: number[]) => number>>;

const OPERATIONS: readonly Operation[] = [
  'sum',
  'divide',
  'step',
  'normalise',
  'combine',
  'decode',
];
const PAGE = 65_536;
const MOST_PAGES = 65_536;

/** Places in the control words: which call it is, how many have done it, what to do, of how many values. */
const CALL = 0;
const DONE = 1;
const OPERATION = 2;
const VALUES = 3;
const FAILED = 4;
const CONTROL_BYTES = 64;
/** Numbers that a call passes to one thread; the first is also where its answer goes. */
const MOST_VALUES = 24;
const STOP = -1;
/** Looks at the control words before a thread goes to sleep; waking one up costs as much. */
const LOOKS = 2000;
/** Rows from which the others are woken up. */
const FEWEST_ROWS = 16_384;

/** What a thread does: waits for the next call, runs it, says that it is done. */
const WORKER = `
const { workerData } = require('node:worker_threads');
const { bytes, memory, thread, operations } = workerData;
const kernels = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } }).exports;
const control = new Int32Array(memory.buffer, 0, ${CONTROL_BYTES / 4});
const values = new Float64Array(
  memory.buffer, ${CONTROL_BYTES} + thread * ${MOST_VALUES * 8}, ${MOST_VALUES});
for (let seen = 0; ; seen++) {
  for (let look = 0; look < ${LOOKS} && Atomics.load(control, ${CALL}) === seen; look++);
  Atomics.wait(control, ${CALL}, seen);
  if (control[${OPERATION}] === ${STOP}) break;
  try {
    const kernel = kernels[operations[control[${OPERATION}]]];
    values[0] = kernel(...values.subarray(0, control[${VALUES}]));
  } catch {
    Atomics.store(control, ${FAILED}, 1);
  }
  Atomics.add(control, ${DONE}, 1);
  Atomics.notify(control, ${DONE});
}`;

const bytes = Buffer.from(KERNELS, 'base64');
const module = new WebAssembly.Module(bytes);

export class Crew {
  readonly threads: number;
  readonly buffer: ArrayBufferLike;
  private readonly kernels: Kernels;
  private readonly control: Int32Array;
  private readonly values: readonly Float64Array[];
  private readonly workers: readonly Worker[];
  private free: number;

  /**
   * @param bytesNeeded what `allocate` will be asked for in all
   * @throws {RangeError} if that is more than the four gigabytes that WebAssembly can address
   */
  constructor(threads: number, bytesNeeded: number) {
    this.threads = threads;
    this.free = CONTROL_BYTES + threads * MOST_VALUES * 8;
    const pages = Math.ceil((this.free + bytesNeeded) / PAGE) + 1;
    if (pages > MOST_PAGES) {
      const gib = ((pages * PAGE) / 2 ** 30).toFixed(1);
      throw new RangeError(
        `training needs ${gib} GiB of memory at once, but can have 4; thin the data or its features`,
      );
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.buffer = memory.buffer;
    this.kernels = kernelsIn(new WebAssembly.Instance(module, { env: { memory } }));
    this.control = new Int32Array(this.buffer, 0, CONTROL_BYTES / 4);
    this.values = Array.from({ length: threads }, (_, thread) => {
      const at = CONTROL_BYTES + thread * MOST_VALUES * 8;
      return new Float64Array(this.buffer, at, MOST_VALUES);
    });
    this.workers = Array.from({ length: threads - 1 }, (_, at) => {
      const workerData = { bytes, memory, thread: at + 1, operations: OPERATIONS };
      const worker = new Worker(WORKER, { eval: true, workerData });
      worker.unref();
      return worker;
    });
  }

  /** Returns the address of so many bytes, all zero, that nobody else has. */
  allocate(size: number): number {
    const address = this.free;
    this.free += Math.ceil(size / 16) * 16;
    return address;
  }

  /** Runs a kernel here. */
  alone(operation: Operation, ...values: number[]): number {
    return this.kernels[operation](...values);
  }

  /**
   * Runs a kernel in every thread, each with values of its own; returns their answers. Few rows
   * are done here one thread's after the other's: waking others up takes longer, and on a busy
   * machine much longer.
   */
  together(
    operation: Operation,
    rows: number,
    valuesOf: (thread: number) => readonly number[],
  ): number[] {
    const { control, threads } = this;
    if (threads === 1 || rows < FEWEST_ROWS) {
      return this.values.map((_, thread) => this.kernels[operation](...valuesOf(thread)));
    }
    const own = valuesOf(0);
    for (let thread = 1; thread < threads; thread++) this.values[thread]!.set(valuesOf(thread));
    control[OPERATION] = OPERATIONS.indexOf(operation);
    control[VALUES] = own.length;
    Atomics.store(control, DONE, 0);
    Atomics.add(control, CALL, 1);
    Atomics.notify(control, CALL);
    const answers = [this.kernels[operation](...own)];
    this.waitForOthers();
    for (let thread = 1; thread < threads; thread++) answers.push(this.values[thread]![0]!);
    return answers;
  }

  /** Ends the threads. */
  dismiss(): void {
    this.control[OPERATION] = STOP;
    Atomics.add(this.control, CALL, 1);
    Atomics.notify(this.control, CALL);
  }

  private waitForOthers(): void {
    const others = this.workers.length;
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(this.control, DONE);
      if (done === others) break;
      if (looks > LOOKS) Atomics.wait(this.control, DONE, done);
    }
    if (this.control[FAILED] === 1) throw new Error('a training thread failed inside a kernel');
  }
}

function kernelsIn({ exports }: WebAssembly.Instance): Kernels {
  const kernel = (name: Operation) => {
    const found = exports[name];
    if (typeof found === 'function') return (...values: number[]) => Number(found(...values));
    throw new Error(`kernels.wasm.ts has no '${name}'; run: npm run kernels`);
  };
  return {
    sum: kernel('sum'),
    divide: kernel('divide'),
    step: kernel('step'),
    normalise: kernel('normalise'),
    combine: kernel('combine'),
    decode: kernel('decode'),
  };
}
