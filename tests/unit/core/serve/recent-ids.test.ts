import { expect, it } from 'vitest';
import { recentIds } from '../../../../core/serve/recent-ids.ts';

it('knows the newest ids, and forgets those of long ago', () => {
  const ids = recentIds(3);
  ids.add(['a', 'b']);
  ids.add(['c', 'd', 'e']);

  expect(['c', 'd', 'e'].map(ids.has)).toEqual([true, true, true]);
  ids.add(['f', 'g']);
  expect(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(ids.has)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
});
