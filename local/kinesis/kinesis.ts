/** The laptop's Kinesis: streams in files, behind the region's port. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Place, ResourceHost } from '../resource.ts';
import type { Metrics } from '../services.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import { listingOperations } from './operations/list-shards.ts';
import { putOperations } from './operations/puts.ts';
import { readOperations } from './operations/reads.ts';
import { settingOperations } from './operations/settings.ts';
import { reshardingOperations } from './operations/resharding.ts';
import { streamOperations } from './operations/streams.ts';
import { tagOperations } from './operations/tags.ts';
import { StreamBook } from './stream-book.ts';
import { createStreamHost } from './stream-host.ts';

export interface KinesisOptions {
  /** The region's state; Kinesis keeps its own in `streams/` below it. */
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  /** Where incoming records are counted. */
  readonly metrics?: Metrics;
  /** Hears the name of each stream that records were put to. */
  readonly onRecords?: (streamName: string) => void;
}

export interface Kinesis {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  readonly streams: StreamBook;
  close(): void;
}

export function createKinesis(options: KinesisOptions): Kinesis {
  const { stateFolder, place, clock, metrics, onRecords } = options;
  const streams = new StreamBook(join(stateFolder, 'streams'), place, clock);
  const onPut = (stream: string, records: number, bytes: number): void => {
    const base = {
      namespace: 'AWS/Kinesis',
      dimensions: { StreamName: stream },
      at: clock.now(),
    };
    metrics?.put({ ...base, name: 'IncomingRecords', value: records, unit: 'Count' });
    metrics?.put({ ...base, name: 'IncomingBytes', value: bytes, unit: 'Bytes' });
    onRecords?.(stream);
  };
  const operations = {
    ...streamOperations(streams),
    ...listingOperations(streams),
    ...reshardingOperations(streams),
    ...settingOperations(streams),
    ...tagOperations(streams),
    ...putOperations(streams, onPut),
    ...readOperations(streams),
  };
  return {
    service: createRpcService({ signingName: 'kinesis', operations }),
    hosts: [createStreamHost(streams)],
    streams,
    close: () => streams.close(),
  };
}
