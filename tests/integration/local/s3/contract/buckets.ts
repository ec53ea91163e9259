import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { s3Error, type Subject } from './subject.ts';

export function bucketsContract(subject: Subject): void {
  it('are made, listed and removed', async () => {
    const { client } = subject;
    await client.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    const { Buckets } = await client.send(new ListBucketsCommand({ Prefix: 'short' }));
    await client.send(new HeadBucketCommand({ Bucket: 'short-lived' }));
    await client.send(new DeleteBucketCommand({ Bucket: 'short-lived' }));

    expect(Buckets).toEqual([{ Name: 'short-lived', CreationDate: expect.any(Date) as Date }]);
    await expect(
      client.send(new HeadBucketCommand({ Bucket: 'short-lived' })),
    ).rejects.toMatchObject(s3Error('NotFound', 404));
  });

  it('are not removed while an object is in them', async () => {
    const { client } = subject;
    const Bucket = 'full-bucket';
    await client.send(new CreateBucketCommand({ Bucket }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));

    await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject(
      s3Error('BucketNotEmpty', 409),
    );
  });

  it('answer plainly about what they are not set up with', async () => {
    const { client, bucket: Bucket } = subject;

    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    expect((await client.send(new GetBucketAclCommand({ Bucket }))).Grants).toHaveLength(1);
    expect(
      (await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint,
    ).toBeUndefined();
    await expect(client.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject(
      s3Error('NoSuchBucketPolicy', 404),
    );
    await expect(
      client.send(new GetBucketLifecycleConfigurationCommand({ Bucket })),
    ).rejects.toMatchObject(s3Error('NoSuchLifecycleConfiguration', 404));
  });

  it('fail clearly for what is not implemented', async () => {
    const versioning = { Bucket: subject.bucket, VersioningConfiguration: {} };

    await expect(
      subject.client.send(new PutBucketVersioningCommand(versioning)),
    ).rejects.toMatchObject({
      ...s3Error('NotImplemented', 501),
      message: 'the local S3 does not implement PUT bucket?versioning',
    });
  });

  it('fail for names that S3 does not allow', async () => {
    await expect(
      subject.client.send(new CreateBucketCommand({ Bucket: 'no_underscores' })),
    ).rejects.toMatchObject(s3Error('InvalidBucketName', 400));
  });
}
