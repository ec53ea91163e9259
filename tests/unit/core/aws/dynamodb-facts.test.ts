/** What DynamoDB says about races and lost answers; all else is in the contract, over a real client. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoFacts } from '../../../../core/aws/dynamodb-facts.ts';

const mine = { partition: 'p', sort: 's', revision: 1, value: 'mine' };

/** A table whose condition failed at the last of so many attempts, and that holds an item. */
function table(attempts: number, item: object | undefined) {
  const send = async ({ input }: { readonly input: object }) => {
    if (!('Item' in input)) return { Item: item };
    throw new ConditionalCheckFailedException({ message: 'failed', $metadata: { attempts } });
  };
  return dynamoFacts('facts', { send } as never);
}

async function unreachable(): Promise<never> {
  throw new Error('no route to host');
}

describe('putIfAbsent and replace', () => {
  it('have lost against another writer', async () => {
    expect(await table(1, mine).putIfAbsent(mine)).toBe(false);
    expect(await table(2, { ...mine, value: 'theirs' }).putIfAbsent(mine)).toBe(false);
    expect(await table(2, { ...mine, value: 'theirs' }).replace(mine, 0)).toBe(false);
  });

  it('have won where their own first attempt wrote, and only the answer was lost', async () => {
    expect(await table(2, mine).putIfAbsent({ ...mine, gone: undefined })).toBe(true);
    expect(await table(2, mine).replace(mine, 0)).toBe(true);
  });

  it('fail on whatever else goes wrong', async () => {
    await expect(
      dynamoFacts('facts', { send: unreachable } as never).putIfAbsent(mine),
    ).rejects.toThrow('no route to host');
  });
});

describe('get', () => {
  it('fails on an item without the keys of facts, and says what the table needs', async () => {
    await expect(table(1, { pk: 'p', sk: 's' }).get(mine)).rejects.toThrow(
      "item has the keys pk, sk; the table needs 'partition' and 'sort' as text keys",
    );
  });
});
