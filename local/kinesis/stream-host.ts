/** Streams of the template. */
import * as z from 'zod';
import type { ResourceHost } from '../resource.ts';
import { Mode, ON_DEMAND_SHARDS } from './operations/streams.ts';
import type { StreamBook } from './stream-book.ts';

const Properties = z.object({
  Name: z.string().optional(),
  ShardCount: z.coerce.number().int().min(1).optional(),
  StreamModeDetails: Mode.default({ StreamMode: 'PROVISIONED' }),
  RetentionPeriodHours: z.coerce.number().int().min(24).max(8760).default(24),
  StreamEncryption: z.object({ KeyId: z.string() }).optional(),
});

/** Makes streams, or finds them as an earlier start left them, with their shards and records. */
export function createStreamHost(streams: StreamBook): ResourceHost {
  return {
    types: ['AWS::Kinesis::Stream'],
    async create({ properties, defaultName }) {
      const wanted = Properties.parse(properties);
      const { Name: name = defaultName, RetentionPeriodHours: retentionHours } = wanted;
      const mode = wanted.StreamModeDetails.StreamMode;
      const shards = wanted.ShardCount ?? (mode === 'ON_DEMAND' ? ON_DEMAND_SHARDS : 1);
      const settings = { mode, retentionHours, kmsKey: wanted.StreamEncryption?.KeyId };
      const found = streams.get(name);
      if (found === undefined) streams.create({ name, shards, ...settings });
      else found.update(settings);
      return { ref: name, attributes: { Arn: streams.arnOf(name) } };
    },
  };
}
