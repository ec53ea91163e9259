/** What the template says about one event source mapping. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { arn } from '../resource.ts';
import type { Place, Resource } from '../resource.ts';

const MappingProperties = z.object({
  EventSourceArn: z.string().regex(/^arn:[^:]+:kinesis:/, {
    error: 'the laptop reads event sources from Kinesis streams only',
  }),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().int().min(1).max(10_000).default(100),
  MaximumBatchingWindowInSeconds: z.coerce.number().min(0).max(300).default(0),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP']),
  StartingPositionTimestamp: z.coerce.number().optional(),
  ParallelizationFactor: z.coerce.number().int().min(1).max(10).default(1),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
  BisectBatchOnFunctionError: z.boolean().default(false),
  /** Minus one, the default, is for ever. */
  MaximumRetryAttempts: z.coerce.number().int().min(-1).max(10_000).default(-1),
  MaximumRecordAgeInSeconds: z.coerce.number().int().min(-1).max(604_800).default(-1),
  DestinationConfig: z
    .object({ OnFailure: z.object({ Destination: z.string() }).optional() })
    .optional(),
  FilterCriteria: z
    .undefined({
      error: 'the laptop does not filter records; filter in the function',
    })
    .optional(),
  TumblingWindowInSeconds: z
    .undefined({ error: 'the laptop knows no tumbling windows' })
    .optional(),
});

/** What happens to a batch that the function does not take. */
export interface DeliveryPolicy {
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** Infinity if the template sets no limit. */
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeMs: number;
}

export interface MappingConfiguration extends DeliveryPolicy {
  readonly uuid: string;
  readonly streamArn: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  readonly startingAt?: Date;
  /** Batches of one shard at a time, split by partition key. */
  readonly parallelizationFactor: number;
  readonly onFailureArn?: string;
}

/** @throws {z.ZodError} naming the property that is missing, wrong or not hosted */
export function readMappingConfiguration(
  { properties }: Resource,
  place: Place,
): MappingConfiguration {
  const parsed = MappingProperties.parse(properties);
  const functionArn = parsed.FunctionName.startsWith('arn:')
    ? parsed.FunctionName
    : arn(place, 'lambda', `function:${parsed.FunctionName}`);
  const onFailureArn = parsed.DestinationConfig?.OnFailure?.Destination;
  return {
    // Without the alias, which may come and go: how far the stream was read stays.
    uuid: uuidOf(`${parsed.EventSourceArn} ${functionArn.split(':').slice(0, 7).join(':')}`),
    streamArn: parsed.EventSourceArn,
    functionName: functionArn.split(':')[6] ?? '',
    functionArn,
    enabled: parsed.Enabled,
    batchSize: parsed.BatchSize,
    windowMs: parsed.MaximumBatchingWindowInSeconds * 1000,
    startingPosition: parsed.StartingPosition,
    ...(parsed.StartingPositionTimestamp !== undefined && {
      startingAt: new Date(parsed.StartingPositionTimestamp * 1000),
    }),
    parallelizationFactor: parsed.ParallelizationFactor,
    reportsItemFailures: parsed.FunctionResponseTypes.length > 0,
    bisects: parsed.BisectBatchOnFunctionError,
    maximumRetryAttempts: limit(parsed.MaximumRetryAttempts),
    maximumRecordAgeMs: limit(parsed.MaximumRecordAgeInSeconds) * 1000,
    ...(onFailureArn !== undefined && { onFailureArn }),
  };
}

function limit(value: number): number {
  return value < 0 ? Infinity : value;
}

/** The same mapping has the same id after a restart, whatever its settings have become. */
function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    hash.slice(12, 16),
    hash.slice(16, 20),
    hash.slice(20, 32),
  ].join('-');
}
