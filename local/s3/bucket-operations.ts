/** Operations on buckets, and what is asked about them that this S3 has only one answer to. */
import { AwsError } from '../wire/aws-error.ts';
import { element, textElement } from '../wire/xml.ts';
import { answerEmpty, answerXml, bucketOf, type S3Handler } from './call.ts';
import { noSuchKey } from './errors.ts';
import { OWNER } from './xml-parts.ts';

export const listBuckets: S3Handler = async (call) => {
  const prefix = call.query.get('prefix') ?? '';
  const buckets = call.buckets.list().filter(({ name }) => name.startsWith(prefix));
  const elements = buckets.map(({ name, createdAt }) =>
    element('Bucket', textElement('Name', name) + textElement('CreationDate', createdAt)),
  );
  answerXml(
    call,
    'ListAllMyBucketsResult',
    element('Owner', OWNER) + element('Buckets', elements.join('')),
  );
};

export const createBucket: S3Handler = async (call) => {
  // In its first region, and only there, S3 takes a second creation by the owner as done.
  if (call.buckets.has(call.bucket) && call.place.region !== 'us-east-1') {
    const message =
      'Your previous request to create the named bucket succeeded and you already own it.';
    throw new AwsError('BucketAlreadyOwnedByYou', message, {
      status: 409,
      fields: { BucketName: call.bucket },
    });
  }
  if (!call.buckets.has(call.bucket)) call.buckets.create(call.bucket, call.clock.now());
  answerEmpty(call, 200, { location: `/${call.bucket}` });
};

export const headBucket: S3Handler = async (call) => {
  bucketOf(call);
  answerEmpty(call, 200, { 'x-amz-bucket-region': call.place.region });
};

export const deleteBucket: S3Handler = async (call) => {
  call.buckets.remove(call.bucket);
  answerEmpty(call, 204);
};

export const getBucketLocation: S3Handler = async (call) => {
  bucketOf(call);
  const { region } = call.place;
  // The first region is told by an empty constraint.
  answerXml(call, 'LocationConstraint', region === 'us-east-1' ? '' : region);
};

/** Answers for an existing bucket with XML that is always the same. */
export function bucketFact(root: string, inner = ''): S3Handler {
  return async (call) => {
    bucketOf(call);
    answerXml(call, root, inner);
  };
}

/** Answers for an existing bucket that it has no configuration of some kind. */
export function noBucketConfiguration(code: string): S3Handler {
  return async (call) => {
    bucketOf(call);
    throw new AwsError(code, `The bucket '${call.bucket}' has no such configuration`, {
      status: 404,
    });
  };
}

/** Answers for an existing object with XML that is always the same. */
export function objectFact(root: string, inner = ''): S3Handler {
  return async (call) => {
    if (!bucketOf(call).find(call.key)) throw noSuchKey(call.key);
    answerXml(call, root, inner);
  };
}

export const ACCESS_CONTROL = `${element('Owner', OWNER)}<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${OWNER}</Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>`;

export const ENCRYPTION =
  '<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>';
