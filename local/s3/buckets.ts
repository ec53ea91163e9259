/** All buckets of the region; each is a folder. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../wire/aws-error.ts';
import { type Bucket, type ObjectCreated, openBucket } from './bucket.ts';
import { noSuchBucket } from './errors.ts';

interface BucketFacts {
  readonly name: string;
  readonly createdAt: string;
}

export interface Buckets {
  list(): BucketFacts[];
  has(name: string): boolean;
  /** @throws NoSuchBucket if there is none */
  get(name: string): Bucket;
  /** @throws InvalidBucketName if it cannot be the name of a bucket */
  create(name: string, createdAt: Date): void;
  /** @throws BucketNotEmpty if objects are in it */
  remove(name: string): void;
  close(): void;
}

/** The file in a bucket's folder that makes it a bucket. */
const FACTS_FILE = 'bucket.json';

export function openBuckets(folder: string, onCreated?: ObjectCreated): Buckets {
  mkdirSync(folder, { recursive: true });
  const factsFile = (name: string): string => join(folder, name, FACTS_FILE);
  const names = new Set(readdirSync(folder).filter((name) => existsSync(factsFile(name))));
  const opened = new Map<string, Bucket>();

  const get = (name: string): Bucket => {
    const known = opened.get(name);
    if (known) return known;
    if (!names.has(name)) throw noSuchBucket(name);
    const bucket = openBucket(join(folder, name), name, onCreated);
    opened.set(name, bucket);
    return bucket;
  };

  return {
    list: () =>
      [...names].toSorted().map((name) => {
        const facts: BucketFacts = JSON.parse(readFileSync(factsFile(name), 'utf8'));
        return facts;
      }),
    has: (name) => names.has(name),
    get,
    create(name, createdAt) {
      requireBucketName(name);
      mkdirSync(join(folder, name), { recursive: true });
      const facts: BucketFacts = { name, createdAt: createdAt.toISOString() };
      writeFileSync(`${factsFile(name)}.new`, JSON.stringify(facts));
      renameSync(`${factsFile(name)}.new`, factsFile(name));
      names.add(name);
    },
    remove(name) {
      const bucket = get(name);
      if (bucket.keys.size > 0) {
        const message = 'The bucket you tried to delete is not empty';
        throw new AwsError('BucketNotEmpty', message, {
          status: 409,
          fields: { BucketName: name },
        });
      }
      bucket.close();
      opened.delete(name);
      names.delete(name);
      rmSync(factsFile(name));
      rmSync(join(folder, name), { recursive: true, force: true });
    },
    close() {
      for (const bucket of opened.values()) bucket.close();
      opened.clear();
    },
  };
}

function requireBucketName(name: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..')) return;
  throw new AwsError(
    'InvalidBucketName',
    `bucket name '${name}' must be 3 to 63 lower case letters, digits, dots and hyphens, and start and end with a letter or digit`,
    { fields: { BucketName: name } },
  );
}
