/** What a worker is told about one attempt of a job. */
export interface WorkerTask {
  /** The command line behind `node`. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder to work in. */
  readonly folder: string;
}
