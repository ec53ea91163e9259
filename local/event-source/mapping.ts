/** One event source mapping at work: a consumer for each shard, parents before children. */
import { randomUUID } from 'node:crypto';
import { type Clock, pause } from '../clock.ts';
import type { Functions } from '../services.ts';
import { type Bell, createBell } from './bell.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { MappingConfiguration } from './configuration.ts';
import type { DeliveryPorts } from './delivery.ts';
import { failureRecord } from './failure-record.ts';
import { kinesisEvent } from './kinesis-event.ts';
import { consumeShard } from './shard-consumer.ts';
import type { EventStream, Shard } from './stream.ts';
import type { Answer } from './verdict.ts';

export interface MappingOptions {
  readonly configuration: MappingConfiguration;
  readonly roleArn: string;
  readonly region: string;
  readonly stream: EventStream;
  readonly functions: Functions;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  /** Sends to the on-failure destination. */
  readonly tellDestination: (arn: string, message: string) => Promise<void>;
  readonly onIteratorAge: (ageMs: number) => void;
  readonly onDeliveryFailed: () => void;
  readonly pollMs: number;
  /** How often the stream is asked for new shards. */
  readonly shardsMs: number;
  readonly signal: AbortSignal;
}

/** Times that the on-failure destination is tried before the message is given up, as in AWS. */
const DESTINATION_TRIES = 3;

/** Works until the signal says to stop. */
export async function runMapping(options: MappingOptions): Promise<void> {
  const { configuration, stream, signal } = options;
  const from = startOf(options);
  const running = new Map<string, { readonly bell: Bell; readonly done: Promise<void> }>();
  const reshard = createBell(options.clock);
  let shards: readonly Shard[] = [];
  const ringAll = (): void => {
    for (const { bell } of running.values()) bell.ring();
  };
  const silence = stream.onArrival?.(configuration.streamArn, ringAll);
  signal.addEventListener('abort', () => {
    ringAll();
    reshard.ring();
  });

  const start = (shardId: string): void => {
    const bell = createBell(options.clock);
    const closed = (): boolean => shards.find(({ id }) => id === shardId)?.closed ?? true;
    const consume = consumeShard({
      ...options,
      shardId,
      from,
      closed,
      arrival: bell,
      ports: createPorts(options, shardId),
    });
    const done = consume
      .then(() => reshard.ring())
      .catch((cause: unknown) => {
        if (!signal.aborted) warn(configuration, `shard ${shardId}`, cause);
        running.delete(shardId);
      })
      .finally(() => bell.rest());
    running.set(shardId, { bell, done });
  };

  while (!signal.aborted) {
    try {
      shards = await stream.shards(configuration.streamArn);
    } catch (cause) {
      warn(configuration, 'its shards', cause);
    }
    for (const { id } of shards.filter((shard) => isReady(shard, shards, options))) {
      if (!running.has(id) && !signal.aborted) start(id);
    }
    await reshard.wait(options.shardsMs);
  }
  silence?.();
  reshard.rest();
  await Promise.all([...running.values()].map(({ done }) => done));
}

/** A shard is read when its parents are through, or gone from the stream. */
function isReady(
  shard: Shard,
  shards: readonly Shard[],
  { checkpoints, configuration: { uuid } }: MappingOptions,
): boolean {
  const isFinished = (id: string): boolean => checkpoints.position(uuid, id).finished === true;
  return (
    !isFinished(shard.id) &&
    shard.parentIds.every((parent) => isFinished(parent) || !shards.some(({ id }) => id === parent))
  );
}

function startOf({ configuration, checkpoints, clock }: MappingOptions): Date | undefined {
  const firstSeen = checkpoints.firstSeen(configuration.uuid, clock.now());
  if (configuration.startingPosition === 'LATEST') return firstSeen;
  return configuration.startingAt;
}

function createPorts(options: MappingOptions, shardId: string): Omit<DeliveryPorts, 'advance'> {
  const { configuration, clock, signal } = options;
  let requestId: string = randomUUID();
  return {
    signal,
    now: () => clock.now(),
    pause: (ms) => pause(clock, ms, signal),
    async invoke(records): Promise<Answer> {
      const newest = records.at(-1);
      if (newest) options.onIteratorAge(clock.now().getTime() - newest.arrivedAt.getTime());
      try {
        const event = kinesisEvent(records, { ...options, ...configuration, shardId });
        const invocation = await options.functions.invoke(configuration.functionArn, event);
        ({ requestId } = invocation);
        const failed = invocation.functionError !== undefined;
        return { kind: 'answered', failed, payload: invocation.payload };
      } catch {
        // Throttled; the function's own metrics count it.
        return { kind: 'unreachable' };
      }
    },
    async discard(batch, condition, answer) {
      if (configuration.onFailureArn === undefined) return;
      const message = failureRecord({
        configuration,
        shardId,
        batch,
        condition,
        answer,
        requestId,
        at: clock.now(),
      });
      await tell(options, configuration.onFailureArn, message);
    },
  };
}

async function tell(options: MappingOptions, arn: string, message: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await options.tellDestination(arn, message);
      return;
    } catch (cause) {
      if (tries < DESTINATION_TRIES) continue;
      options.onDeliveryFailed();
      warn(options.configuration, `its destination ${arn}`, cause);
      return;
    }
  }
}

function warn(
  { functionName, streamArn }: MappingConfiguration,
  what: string,
  cause: unknown,
): void {
  const reason = cause instanceof Error ? cause.message : String(cause);
  console.error(`event source ${streamArn} of '${functionName}': ${what}: ${reason}`);
}
