/** The lines of a sandbox, with Lambda's own around each call. */

export interface CallLog {
  readonly write: (line: string) => void;
  /** Writes the START line; the result tells what was printed since, cut to its last 4 KB. */
  begin(requestId: string): () => string;
  end(requestId: string, durationMs: number, memoryMiB: number): void;
}

const TAIL_BYTES = 4096;

/** Creates the log of a sandbox that passes every line on. */
export function createCallLog(pass: (line: string) => void): CallLog {
  let tail: string[] = [];
  let tailLength = 0;
  const write = (line: string): void => {
    tail.push(line);
    tailLength += line.length;
    while (tailLength > TAIL_BYTES && tail.length > 1) tailLength -= tail.shift()?.length ?? 0;
    pass(line);
  };

  return {
    write,
    begin(requestId) {
      tail = [];
      tailLength = 0;
      const own = tail;
      write(`START RequestId: ${requestId} Version: $LATEST`);
      return () =>
        Buffer.from(`${own.join('\n')}\n`)
          .subarray(-TAIL_BYTES)
          .toString('utf8');
    },
    end(requestId, durationMs, memoryMiB) {
      const duration = durationMs.toFixed(2);
      write(`END RequestId: ${requestId}`);
      write(
        `REPORT RequestId: ${requestId}\tDuration: ${duration} ms\t` +
          `Billed Duration: ${Math.ceil(durationMs)} ms\tMemory Size: ${memoryMiB} MB`,
      );
    },
  };
}
