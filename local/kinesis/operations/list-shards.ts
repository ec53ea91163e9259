/** ListShards. */
import * as z from 'zod';
import { timestamp } from '../../wire/input.ts';
import type { Operations } from '../../wire/operations.ts';
import { invalidArgument } from '../errors.ts';
import { Named, name, read } from '../input.ts';
import type { StreamBook } from '../stream-book.ts';
import type { Shard } from '../stream.ts';
import { describeShard } from './describe.ts';

const Filter = z.object({
  Type: z.enum([
    'AFTER_SHARD_ID',
    'AT_LATEST',
    'AT_TIMESTAMP',
    'AT_TRIM_HORIZON',
    'FROM_TIMESTAMP',
    'FROM_TRIM_HORIZON',
  ]),
  ShardId: name.nullish(),
  Timestamp: timestamp.nullish(),
});
const List = Named.extend({
  NextToken: z.string().min(1).nullish(),
  ExclusiveStartShardId: name.nullish(),
  MaxResults: z.int().min(1).max(10_000).nullish(),
  ShardFilter: Filter.nullish(),
});
type ListInput = z.infer<typeof List>;

const PAGE = 1000;

export function listingOperations(book: StreamBook): Operations {
  return {
    async ListShards(input) {
      const asked = read(List, input);
      const wanted = continued(asked);
      const stream = book.find(wanted);
      const after = stream.shards
        .filter(({ id }) => id > (wanted.ExclusiveStartShardId ?? ''))
        .filter((shard) => passes(shard, wanted.ShardFilter));
      const shown = after.slice(0, asked.MaxResults ?? PAGE);
      return {
        Shards: shown.map((shard) => describeShard(shard, stream)),
        ...(shown.length < after.length && {
          NextToken: tokenOf({
            StreamName: stream.state.name,
            ExclusiveStartShardId: shown.at(-1)?.id,
            ShardFilter: wanted.ShardFilter,
          }),
        }),
      };
    },
  };
}

/** The rest of a list is asked for by its token alone. */
function continued(asked: ListInput): ListInput {
  if (typeof asked.NextToken !== 'string') return asked;
  if (asked.StreamName !== undefined && asked.StreamName !== null) {
    throw invalidArgument('NextToken and StreamName cannot be provided together.');
  }
  try {
    return List.parse(JSON.parse(Buffer.from(asked.NextToken, 'base64').toString()));
  } catch {
    throw invalidArgument('NextToken is invalid.');
  }
}

function tokenOf(rest: ListInput): string {
  return Buffer.from(JSON.stringify(rest)).toString('base64');
}

/** Filters ask which shards were open at a time, or from then on. */
function passes(shard: Shard, filter: ListInput['ShardFilter']): boolean {
  const { openedAt, closedAt = Infinity } = shard;
  if (!filter) return true;
  const time = filter.Timestamp?.getTime() ?? -Infinity;
  if (filter.Type === 'AFTER_SHARD_ID') return shard.id > (filter.ShardId ?? '');
  if (filter.Type === 'AT_LATEST') return closedAt === Infinity;
  if (filter.Type === 'AT_TIMESTAMP') return openedAt <= time && closedAt > time;
  return filter.Type !== 'FROM_TIMESTAMP' || closedAt > time;
}
