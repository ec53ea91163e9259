/** What a request may ask of a pipeline beside its as-of. */
import * as z from 'zod';

const SCHEMAS = {
  train: z.strictObject({
    /** Share of the rows to train and judge on, chosen by a hash of where they lie. */
    sample: z.number().gt(0).lte(1).optional(),
  }),
  score: z.strictObject({
    /** Day of the rows to score. @default the day before the as-of */
    day: z.iso.date().optional(),
    /** Object or folder below the dataset. @default the day's partition */
    input: z.string().optional(),
    /** Version to score with. @default the champion */
    version: z.int().min(1).optional(),
    /** Scores what was scored and published already. */
    again: z.boolean().optional(),
  }),
  monitor: z.strictObject({
    /** Length of the window. @default as declared */
    windowHours: z.int().min(1).max(8784).optional(),
    /** Whether alarms and the loop hear of it; never of a window of another length. @default true */
    publish: z.boolean().optional(),
  }),
  rebuild: z.strictObject({
    version: z.int().min(1),
    /** Threads to train with, none of which makes a difference. @default the job's vCPUs */
    threads: z.int().min(1).max(64).optional(),
  }),
} as const;

/** What the scoring step tells the steps after it. */
const Shard = z.object({ job: z.string().regex(/^[0-9a-f]{16}$/) });

export type TrainOptions = z.output<typeof SCHEMAS.train>;
export type ScoreOptions = z.output<typeof SCHEMAS.score>;

export class InvalidOptionsError extends Error {
  override readonly name = 'InvalidOptionsError';

  constructor(pipeline: keyof typeof SCHEMAS, problems: string) {
    const known = Object.keys(SCHEMAS[pipeline].shape).join(', ') || 'none';
    super(`options of pipeline '${pipeline}' are wrong (it knows: ${known}):\n${problems}`);
  }
}

/** @throws {InvalidOptionsError} */
export function parseTrainOptions(options: unknown): TrainOptions {
  return parse('train', SCHEMAS.train, options);
}

/** @throws {InvalidOptionsError} */
export function parseScoreOptions(options: unknown): ScoreOptions {
  return parse('score', SCHEMAS.score, options);
}

/** @throws {InvalidOptionsError} */
export function parseMonitorOptions(options: unknown): z.output<typeof SCHEMAS.monitor> {
  return parse('monitor', SCHEMAS.monitor, options);
}

/** @throws {InvalidOptionsError} */
export function parseShardOptions(options: unknown): z.output<typeof Shard> {
  return parse('score', Shard, options);
}

/** @throws {InvalidOptionsError} */
export function parseRebuildOptions(options: unknown): z.output<typeof SCHEMAS.rebuild> {
  return parse('rebuild', SCHEMAS.rebuild, options);
}

/** @throws {InvalidOptionsError} if a pipeline has no such options */
export function checkOptions(pipeline: keyof typeof SCHEMAS, options: unknown): void {
  parse(pipeline, SCHEMAS[pipeline], options);
}

function parse<Schema extends z.ZodType>(
  pipeline: keyof typeof SCHEMAS,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (!parsed.success) throw new InvalidOptionsError(pipeline, z.prettifyError(parsed.error));
  return parsed.data;
}
