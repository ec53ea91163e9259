/** What an endpoint did since its process began, as the statistics extension of the protocol tells it. */

interface Duration {
  count: number;
  ns: number;
}

interface VersionStatistics {
  lastInference: number;
  rows: number;
  success: Duration;
  fail: Duration;
  input: Duration;
  infer: Duration;
  output: Duration;
}

/** Milliseconds that the parts of one request took. */
export interface Timing {
  readonly rows: number;
  readonly input: number;
  readonly infer: number;
  readonly output: number;
}

const NS = 1e6;

export class Statistics {
  readonly #versions = new Map<number, VersionStatistics>();

  /** @param at when the request arrived */
  succeeded(version: number, at: Date, { rows, input, infer, output }: Timing): void {
    const known = this.#of(version);
    known.lastInference = at.getTime();
    known.rows += rows;
    add(known.success, input + infer + output);
    add(known.input, input);
    add(known.infer, infer);
    add(known.output, output);
  }

  failed(version: number, ms: number): void {
    add(this.#of(version).fail, ms);
  }

  report(model: string, version: number): unknown {
    const known = this.#of(version);
    const none = { count: 0, ns: 0 };
    return {
      name: model,
      version: String(version),
      last_inference: known.lastInference,
      inference_count: known.rows,
      execution_count: known.success.count,
      inference_stats: {
        success: known.success,
        fail: known.fail,
        queue: none,
        compute_input: known.input,
        compute_infer: known.infer,
        compute_output: known.output,
        cache_hit: none,
        cache_miss: none,
      },
      batch_stats: [],
    };
  }

  #of(version: number): VersionStatistics {
    const known = this.#versions.get(version) ?? {
      lastInference: 0,
      rows: 0,
      success: zero(),
      fail: zero(),
      input: zero(),
      infer: zero(),
      output: zero(),
    };
    this.#versions.set(version, known);
    return known;
  }
}

function zero(): Duration {
  return { count: 0, ns: 0 };
}

function add(total: Duration, ms: number): void {
  total.count++;
  total.ns += Math.round(ms * NS);
}
