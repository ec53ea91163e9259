/** Objects in an S3 bucket. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ObjectChangedError,
  ObjectNotFoundError,
  type ObjectPart,
  type ObjectStore,
  type StoredObject,
} from './objects.ts';

/** Times that a write which met another one in flight is tried again. */
const CONFLICT_ATTEMPTS = 8;
const CONFLICT_WAIT_MS = 25;

let processClient: S3Client | undefined;

/**
 * Returns the objects of a bucket.
 *
 * @param client @default one client for the whole process, configured by the environment
 */
export function s3Objects(
  bucket: string,
  client: S3Client = (processClient ??= new S3Client({})),
): ObjectStore {
  const place: Place = { client, bucket };
  return {
    get: async (key) => (await read(place, key)).transformToByteArray(),
    put: async (key, body, contentType) => {
      await client.send(putCommand(place, key, body, contentType));
    },
    putIfAbsent: (key, body, contentType) => putIfAbsent(place, key, body, contentType),
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    list: (prefix) => list(place, prefix),
    download: async (key, file) => {
      const body = await read(place, key);
      if (!(body instanceof Readable)) throw new TypeError(`object '${key}' came without a stream`);
      await pipeline(body, createWriteStream(file));
    },
    downloadPart: (object, part) => downloadPart(place, object, part),
    upload: async (file, key, contentType) => {
      // Loaded here, since servers never upload and must start fast.
      const { Upload } = await import('@aws-sdk/lib-storage');
      const { input: params } = putCommand(place, key, createReadStream(file), contentType);
      await new Upload({ client, params }).done();
    },
  };
}

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
}

async function read(
  { client, bucket }: Place,
  key: string,
): Promise<NonNullable<GetObjectCommandOutput['Body']>> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (Body === undefined) throw new ObjectNotFoundError(key);
    return Body;
  } catch (cause) {
    if (cause instanceof NoSuchKey || (await isMissing({ client, bucket }, key, cause))) {
      throw new ObjectNotFoundError(key);
    }
    throw cause;
  }
}

/** S3 answers 403, not 404, for a missing key to whoever may list only a part of the bucket. */
async function isMissing(place: Place, key: string, cause: unknown): Promise<boolean> {
  if (!(cause instanceof S3ServiceException) || cause.$metadata.httpStatusCode !== 403)
    return false;
  // Denied as well, it says nothing about the key.
  const listed = await list(place, key).catch(() => undefined);
  return listed !== undefined && !listed.some((object) => object.key === key);
}

async function downloadPart(
  { client, bucket }: Place,
  { key, etag }: Pick<StoredObject, 'key' | 'etag'>,
  { file, from, to }: ObjectPart,
): Promise<void> {
  const Range = `bytes=${from}-${to - 1}`;
  try {
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range, IfMatch: etag }),
    );
    if (!(Body instanceof Readable)) throw new TypeError(`object '${key}' came without a stream`);
    // Not 'w', which would empty the file; it is made here if it is not there.
    await (await open(file, 'a')).close();
    await pipeline(Body, createWriteStream(file, { flags: 'r+', start: from }));
  } catch (cause) {
    const status = cause instanceof S3ServiceException && cause.$metadata.httpStatusCode;
    if (status === 412 || status === 404) throw new ObjectChangedError(key);
    throw cause;
  }
}

function putCommand(
  { bucket }: Place,
  key: string,
  body: Uint8Array | string | Readable,
  contentType: string | undefined,
): PutObjectCommand {
  return new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ...(contentType !== undefined && { ContentType: contentType }),
  });
}

async function putIfAbsent(
  place: Place,
  key: string,
  body: Uint8Array | string,
  contentType: string | undefined,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const command = putCommand(place, key, body, contentType);
    command.input.IfNoneMatch = '*';
    try {
      await place.client.send(command);
      return true;
    } catch (cause) {
      if (!(cause instanceof S3ServiceException)) throw cause;
      // S3 answers a conditional write with 412 when it lost the race and 409 while one is in flight.
      const { httpStatusCode: status, attempts = 1 } = cause.$metadata;
      // A second attempt can find what the first one wrote, whose answer was lost.
      if (status === 412) return attempts > 1 && holds(place, key, body);
      if (status !== 409 || attempt === CONFLICT_ATTEMPTS) throw cause;
    }
    await sleep(CONFLICT_WAIT_MS * attempt);
  }
}

async function holds(place: Place, key: string, body: Uint8Array | string): Promise<boolean> {
  try {
    const stored = await (await read(place, key)).transformToByteArray();
    return (typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)).equals(stored);
  } catch (cause) {
    // A writer that may not read cannot tell; what is there stays, whoever wrote it.
    if (cause instanceof S3ServiceException && cause.$metadata.httpStatusCode === 403) return false;
    throw cause;
  }
}

async function list({ client, bucket }: Place, prefix: string): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key, Size: size = 0, ETag: etag = '' } of page.Contents ?? []) {
      if (key !== undefined) found.push({ key, size, etag });
    }
  }
  return found;
}
