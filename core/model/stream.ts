/** How a model answers the events of a stream. */

export interface StreamServing {
  /** Shards of the events and of the predictions stream. @default 1 */
  readonly shards?: number;
  /** Most events in one call of the consumer. @default 500 */
  readonly batchSize?: number;
  /** Longest wait for a batch to fill. @default 1 */
  readonly windowSeconds?: number;
  /** Where events keep what is asked of them. @default features, id, entity and time side by side */
  readonly event?: EventMapping;
  /** Share of an hour's events that may be quarantined before people are told. @default 0.05 */
  readonly maximumQuarantinedShare?: number;
  /**
   * Whether predictions under one partition key come in the order of their events even while the
   * stream refuses some. It costs a request for each event that a batch has of its commonest key.
   *
   * @default true
   */
  readonly inOrder?: boolean;
}

/** JSON pointers (RFC 6901) into an event, or into the data of a CloudEvent. */
export interface EventMapping {
  /** To the object that has one value a feature. @default '', the whole event */
  readonly features?: string;
  /** @default '/id' */
  readonly id?: string;
  /** @default '/entity', or else the declared entity feature */
  readonly entity?: string;
  /** When the event happened. @default '/time', or else when the stream took the event */
  readonly time?: string;
  /** Unit, since 1970, of a time that is a number. @default 'milliseconds' */
  readonly timeUnit?: 'milliseconds' | 'seconds';
}

export function completeStream(stream: StreamServing): Required<StreamServing> {
  return {
    shards: 1,
    batchSize: 500,
    windowSeconds: 1,
    event: {},
    maximumQuarantinedShare: 0.05,
    inOrder: true,
    ...stream,
  };
}

export function* problemsOfStream(stream: StreamServing = {}): Generator<string> {
  const { batchSize = 1, maximumQuarantinedShare: share = 0, event = {} } = stream;
  if (!(batchSize >= 1 && batchSize <= 10_000)) {
    yield `serving.stream.batchSize ${batchSize} must be from 1 to 10000`;
  }
  if (!(share >= 0 && share <= 1)) {
    yield `serving.stream.maximumQuarantinedShare ${share} must be from 0 to 1`;
  }
  for (const name of ['features', 'id', 'entity', 'time'] as const) {
    const pointer = event[name];
    if (pointer === undefined || isPointer(pointer)) continue;
    yield `serving.stream.event.${name} '${pointer}' is no JSON pointer; for example '/ride'`;
  }
}

/** RFC 6901, section 3. */
function isPointer(text: string): boolean {
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
}
