/** Takes one shard's records to the function until the shard ends. */
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Bell } from './bell.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { MappingConfiguration } from './configuration.ts';
import { deliver, type DeliveryPorts } from './delivery.ts';
import { readBatches } from './shard-reader.ts';
import type { EventStream, StreamRecord } from './stream.ts';

export interface ShardConsumerOptions {
  readonly configuration: MappingConfiguration;
  readonly shardId: string;
  readonly stream: EventStream;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  readonly pollMs: number;
  readonly arrival: Bell;
  readonly signal: AbortSignal;
  readonly from: Date | undefined;
  readonly closed: () => boolean;
  readonly ports: Omit<DeliveryPorts, 'advance'>;
}

/**
 * Reads and delivers until the shard is finished (true) or the region ends (false).
 *
 * @throws {Error} if the stream cannot be read; starting again goes on from the checkpoint
 */
export async function consumeShard(options: ShardConsumerOptions): Promise<boolean> {
  const { configuration, checkpoints, shardId, signal } = options;
  const { uuid, parallelizationFactor: lanes } = configuration;
  const advance = (sequenceNumber: string): void =>
    checkpoints.advance(uuid, shardId, sequenceNumber);
  const batches = readBatches({
    ...options,
    streamArn: configuration.streamArn,
    after: checkpoints.position(uuid, shardId).after,
    batchSize: configuration.batchSize * lanes,
    windowMs: configuration.windowMs,
  });
  for await (const batch of batches) {
    if (lanes === 1) await deliver(batch, configuration, { ...options.ports, advance });
    else await deliverInLanes(batch, options, advance);
    if (signal.aborted) return false;
  }
  if (signal.aborted) return false;
  checkpoints.finish(uuid, shardId);
  return true;
}

/**
 * Splits records by partition key, so that each key keeps its order, and delivers the parts at the
 * same time. The checkpoint moves when all are through.
 */
async function deliverInLanes(
  records: readonly StreamRecord[],
  { configuration, ports }: ShardConsumerOptions,
  advance: (sequenceNumber: string) => void,
): Promise<void> {
  const { parallelizationFactor, batchSize } = configuration;
  const lanes = new Map<number, StreamRecord[]>();
  for (const record of records) {
    const number = laneOf(record.partitionKey, parallelizationFactor);
    const lane = lanes.get(number);
    if (lane === undefined) lanes.set(number, [record]);
    else lane.push(record);
  }
  const lanePorts = { ...ports, advance: () => undefined };
  await Promise.all(
    [...lanes.values()].map(async (lane) => {
      for (let start = 0; start < lane.length; start += batchSize) {
        await deliver(lane.slice(start, start + batchSize), configuration, lanePorts);
      }
    }),
  );
  const last = records.at(-1);
  if (last !== undefined && !ports.signal.aborted) advance(last.sequenceNumber);
}

function laneOf(partitionKey: string, lanes: number): number {
  return createHash('md5').update(partitionKey).digest().readUInt32BE(0) % lanes;
}
