/** Operations on the tags of streams. */
import * as z from 'zod';
import type { Operations } from '../../wire/operations.ts';
import { invalidArgument } from '../errors.ts';
import { Named, read } from '../input.ts';
import type { StreamBook } from '../stream-book.ts';

const MOST_TAGS = 50;

const TagKey = z.string().min(1).max(128);
export const Tags = z.record(TagKey, z.string().max(256));
const Add = Named.extend({ Tags });
const Remove = Named.extend({ TagKeys: z.array(TagKey).min(1).max(50) });
const List = Named.extend({
  ExclusiveStartTagKey: TagKey.nullish(),
  Limit: z.int().min(1).max(50).nullish(),
});

export function tagOperations(book: StreamBook): Operations {
  return {
    async AddTagsToStream(input) {
      const { Tags: added, ...reference } = read(Add, input);
      const stream = book.find(reference);
      const tags = { ...stream.state.tags, ...added };
      if (Object.keys(tags).length > MOST_TAGS) {
        throw invalidArgument(
          `Failed to add tags to stream ${stream.state.name} under account ` +
            `${book.place.account} because a given stream cannot have more than ${MOST_TAGS} ` +
            'tags associated with it.',
        );
      }
      stream.update({ tags });
      return {};
    },
    async RemoveTagsFromStream(input) {
      const { TagKeys, ...reference } = read(Remove, input);
      const stream = book.find(reference);
      const kept = Object.entries(stream.state.tags).filter(([key]) => !TagKeys.includes(key));
      stream.update({ tags: Object.fromEntries(kept) });
      return {};
    },
    async ListTagsForStream(input) {
      const { ExclusiveStartTagKey, Limit, ...reference } = read(List, input);
      const tags = Object.entries(book.find(reference).state.tags)
        .filter(([key]) => key > (ExclusiveStartTagKey ?? ''))
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      const shown = tags.slice(0, Limit ?? MOST_TAGS);
      return {
        Tags: shown.map(([Key, Value]) => ({ Key, Value })),
        HasMoreTags: shown.length < tags.length,
      };
    },
  };
}
