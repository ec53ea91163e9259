/** Rows as the kernels have them: records that trees move until each leaf's lie together. */
import type { Crew } from './crew.ts';

/** Bytes before the bins: derivatives and row number. */
const BINS = 8;

export class Records {
  readonly stride: number;
  readonly width: number;
  readonly rows: number;
  private readonly crew: Crew;
  /** By thread and buffer. */
  private readonly addresses: readonly (readonly [number, number])[];

  /** Deals the rows out to the threads in turn, so that each gets the same mix of them. */
  constructor(crew: Crew, rows: number, width: number) {
    this.crew = crew;
    this.rows = rows;
    this.width = width;
    this.stride = strideOf(width);
    this.addresses = Array.from({ length: crew.threads }, (_, thread) => {
      const size = this.countOf(thread) * this.stride;
      return [crew.allocate(size), crew.allocate(size)];
    });
    for (let thread = 0; thread < crew.threads; thread++) {
      const words = new Int32Array(crew.buffer, this.address(thread, 0, 0));
      for (let at = 0; at < this.countOf(thread); at++) {
        words[(at * this.stride) / 4 + 1] = at * crew.threads + thread;
      }
    }
  }

  /** Bytes that the records of a table take. */
  static bytesFor(threads: number, rows: number, width: number): number {
    return 2 * threads * (Math.ceil(rows / threads) * strideOf(width) + 16);
  }

  setBins(feature: number, bins: Uint8Array): void {
    const { threads, buffer } = this.crew;
    for (let thread = 0; thread < threads; thread++) {
      const bytes = new Uint8Array(buffer, this.address(thread, 0, 0));
      let cell = BINS + feature;
      for (let row = thread; row < this.rows; row += threads, cell += this.stride) {
        bytes[cell] = bins[row]!;
      }
    }
  }

  /** Records that a thread has. */
  countOf(thread: number): number {
    return Math.ceil((this.rows - thread) / this.crew.threads);
  }

  /** Where a thread's record is in one of the two buffers. */
  address(thread: number, buffer: 0 | 1, at: number): number {
    return this.addresses[thread]![buffer] + at * this.stride;
  }
}

function strideOf(width: number): number {
  return Math.ceil((BINS + width) / 8) * 8;
}
