/** Requests signed by hand, against the laptop's S3 and Secrets Manager. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectNotFoundError } from '../../../core/aws/objects.ts';
import { quickObjects } from '../../../core/aws/quick-objects.ts';
import { readSecret } from '../../../core/aws/secret.ts';
import { systemClock } from '../../../local/clock.ts';
import { createS3 } from '../../../local/s3/s3.ts';
import { createSecrets } from '../../../local/secrets/secrets.ts';
import { createPort } from '../../../local/wire/port.ts';
import { clientOf, place } from '../local/storage-region.ts';

let stateFolder: string;
let close: () => Promise<void>;
const environment = { ...process.env };

beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'tidemill-signed-'));
  const options = { stateFolder, place, clock: systemClock };
  const s3 = createS3(options);
  const secrets = createSecrets(options);
  await secrets.hosts[0]!.create({
    logicalId: 'Token',
    type: 'AWS::SecretsManager::Secret',
    defaultName: 'token',
    properties: { Name: 'dev/token', SecretString: 'open sesame' },
  });
  const listener = createPort({ services: [s3.service, secrets.service], port: 0 });
  const port = await listener.listen();
  const { endpoint } = clientOf(port);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: place.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const client = new S3Client(clientOf(port));
  await client.send(new CreateBucketCommand({ Bucket: 'mill' }));
  client.destroy();
  close = async () => {
    await listener.close();
    s3.close();
    secrets.close();
  };
});

afterAll(async () => {
  await close();
  process.env = environment;
  await rm(stateFolder, { recursive: true });
});

describe('quickObjects', () => {
  it('gives back the bytes that were put, under keys as ours are', async () => {
    const objects = quickObjects('mill');
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const key = 'labels/flight-delay/dt=2001-05-01/online-1.jsonl';

    expect(await objects.putIfAbsent(key, bytes)).toBe(true);
    expect(await objects.putIfAbsent(key, 'others')).toBe(false);
    expect([...(await objects.get(key))]).toEqual([...bytes]);
  });

  it('fails on a key where nothing is, naming it', async () => {
    const nothing = quickObjects('mill').get('versions/flight-delay/7/model.onnx');

    await expect(nothing).rejects.toThrow(ObjectNotFoundError);
    await expect(nothing).rejects.toThrow('versions/flight-delay/7/model.onnx');
  });
});

describe('readSecret', () => {
  it('reads a secret by its name', async () => {
    expect(await readSecret('dev/token')).toBe('open sesame');
  });

  it('fails with what the service said', async () => {
    await expect(readSecret('dev/nothing')).rejects.toThrow("can't find the specified secret");
  });
});
