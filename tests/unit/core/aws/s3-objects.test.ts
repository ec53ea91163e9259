/** What S3 says about races and lost answers; all else is in the contract, over a real client. */
import { ListObjectsV2Command, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { s3Objects } from '../../../../core/aws/s3-objects.ts';

function failure(httpStatusCode: number, attempts = 1): S3ServiceException {
  const $metadata = { httpStatusCode, attempts };
  return new S3ServiceException({ name: 'Failed', $fault: 'client', $metadata });
}

/** A bucket that answers puts with these failures in turn, then well, and gets with `stored`. */
function bucket(failures: readonly Error[], stored = '') {
  const left = [...failures];
  const puts: unknown[] = [];
  const send = async ({ input }: { readonly input: { readonly Body?: unknown } }) => {
    if (!('Body' in input))
      return { Body: { transformToByteArray: async () => Buffer.from(stored) } };
    puts.push(input);
    const next = left.shift();
    if (next) throw next;
    return {};
  };
  return { puts, objects: s3Objects('mill', { send } as never) };
}

describe('putIfAbsent', () => {
  it('asks S3 to write only where nothing is', async () => {
    const { objects, puts } = bucket([]);

    expect(await objects.putIfAbsent('key', 'mine', 'text/plain')).toBe(true);
    expect(puts).toEqual([
      { Bucket: 'mill', Key: 'key', Body: 'mine', ContentType: 'text/plain', IfNoneMatch: '*' },
    ]);
  });

  it('waits for a write in flight and tries again', async () => {
    const { objects, puts } = bucket([failure(409), failure(409)]);

    expect(await objects.putIfAbsent('key', 'mine')).toBe(true);
    expect(puts).toHaveLength(3);
  });

  it('has lost against another writer', async () => {
    expect(await bucket([failure(412)], 'mine').objects.putIfAbsent('key', 'mine')).toBe(false);
    expect(await bucket([failure(412, 2)], 'theirs').objects.putIfAbsent('key', 'mine')).toBe(
      false,
    );
  });

  it('has won where its own first attempt wrote, and only the answer was lost', async () => {
    expect(await bucket([failure(412, 2)], 'mine').objects.putIfAbsent('key', 'mine')).toBe(true);
  });

  it('cannot tell who wrote where it may not read, and leaves what is there', async () => {
    const answers = [failure(412, 2), failure(403)];
    const send = async () => {
      throw answers.shift();
    };

    expect(await s3Objects('mill', { send } as never).putIfAbsent('key', 'mine')).toBe(false);
  });

  it.each([failure(403), new Error('no route to host')])('fails on %s', async (cause) => {
    await expect(bucket([cause]).objects.putIfAbsent('key', 'mine')).rejects.toBe(cause);
  });
});

async function gone(): Promise<never> {
  throw new NoSuchKey({ message: 'gone', $metadata: {} });
}

describe('get', () => {
  it('fails on a missing key, naming it', async () => {
    await expect(s3Objects('mill', { send: gone } as never).get('key')).rejects.toThrow(
      "there is no object 'key'",
    );
  });
});

/** Denies every get; lists `keys`, or denies that as well. */
function denying(keys: readonly string[] | undefined) {
  const send = async (command: unknown) => {
    if (!(command instanceof ListObjectsV2Command) || keys === undefined) throw failure(403);
    return { Contents: keys.map((Key) => ({ Key, Size: 1, ETag: '"x"' })) };
  };
  // The SDK's pages ask for a real client.
  return s3Objects('mill', Object.assign(new S3Client({ region: 'us-east-1' }), { send }));
}

describe('get, where the role may list only a part of the bucket', () => {
  it('says that an object is missing, although S3 says that it is forbidden', async () => {
    await expect(denying(['other']).get('key')).rejects.toThrow("there is no object 'key'");
  });

  it.each([{ keys: ['key'] }, { keys: undefined }])(
    'fails as S3 does where that is not known: $keys',
    async ({ keys }) => {
      await expect(denying(keys).get('key')).rejects.toMatchObject({ name: 'Failed' });
    },
  );
});
