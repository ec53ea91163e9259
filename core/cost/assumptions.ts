/** What a bill depends on and nobody has measured yet. Each can be changed: `--assume predictMs=8`. */

export const ASSUMPTIONS = {
  /** Billed milliseconds of one request, with putting its record behind the answer. */
  predictMs: 15,
  /** Billed milliseconds of one batch of events, whatever its size: reading, putting, logging. */
  batchMs: 60,
  /** And of each event in it, at 1024 MiB, which is six tenths of a core. */
  eventMs: 0.03,
  /** Bytes of an event, or of a request. */
  eventBytes: 300,
  /** Bytes of a prediction record, which repeats the features. */
  recordBytes: 450,
  /** Bytes of a prediction record as it is kept: gzip in S3. */
  keptBytes: 80,
  /** Months for which predictions are kept. */
  keptMonths: 12,
  /** Bytes of log of a call. */
  logBytes: 800,
  /** Rows a second that a vCPU scores, files read and written. */
  rowsPerVcpuSecond: 100_000,
  /** Seconds of a job before its code runs, billed: the image is pulled. */
  jobStartSeconds: 30,
  /** Seconds of a monitoring job. */
  monitorSeconds: 30,
  /** Seconds of each step of a training run that trains. */
  trainSeconds: 300,
  /** Seconds of each other step. */
  stepSeconds: 30,
  /** Requests a second that one instance of SageMaker's is given. */
  instanceRate: 300,
  /** GB of memory of SageMaker's serverless endpoint. */
  serverlessGb: 2,
} as const;

export type Assumptions = Readonly<Record<keyof typeof ASSUMPTIONS, number>>;

/**
 * Returns the assumptions with changes such as 'predictMs=8'.
 *
 * @throws {RangeError} if a change names none of them, or is no number
 */
export function assume(changes: readonly string[]): Assumptions {
  const changed = changes.map((change) => {
    const [name = '', value = ''] = change.split('=');
    if (!Object.hasOwn(ASSUMPTIONS, name) || !(Number(value) >= 0) || value.trim() === '') {
      throw new RangeError(
        `assumption '${change}' must be a name and a number; write for example predictMs=8. ` +
          `There are: ${Object.keys(ASSUMPTIONS).join(', ')}`,
      );
    }
    return [name, Number(value)] as const;
  });
  return { ...ASSUMPTIONS, ...Object.fromEntries(changed) };
}
