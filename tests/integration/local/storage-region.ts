/** A port with S3, Kinesis and DynamoDB behind it, as the region has them. */
import { systemClock } from '../../../local/clock.ts';
import { createDynamoDb, type DynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { createKinesis, type Kinesis } from '../../../local/kinesis/kinesis.ts';
import type { Place } from '../../../local/resource.ts';
import { createS3, type S3 } from '../../../local/s3/s3.ts';
import type { Measurement } from '../../../local/services.ts';
import { createPort } from '../../../local/wire/port.ts';

export const place: Place = { account: '000000000000', region: 'us-east-1', partition: 'aws' };

export interface StorageRegion {
  readonly port: number;
  /** What the clients of the AWS SDK take as their configuration. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  readonly s3: S3;
  readonly kinesis: Kinesis;
  readonly dynamodb: DynamoDb;
  readonly measurements: readonly Measurement[];
  close(): Promise<void>;
}

export async function openStorageRegion(stateFolder: string): Promise<StorageRegion> {
  const measurements: Measurement[] = [];
  const metrics = { put: (measurement: Measurement) => void measurements.push(measurement) };
  const options = { stateFolder, place, clock: systemClock, metrics };
  const s3 = createS3(options);
  const kinesis = createKinesis(options);
  const dynamodb = await createDynamoDb(options);
  const services = [s3.service, kinesis.service, dynamodb.service];
  const listener = createPort({ services, port: 0 });
  const port = await listener.listen();

  return {
    port,
    client: clientOf(port),
    s3,
    kinesis,
    dynamodb,
    measurements,
    async close() {
      await listener.close();
      s3.close();
      kinesis.close();
      await dynamodb.close();
    },
  };
}

export function clientOf(port: number): StorageRegion['client'] {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: place.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // A retry would hide a failure.
    maxAttempts: 1,
  };
}
