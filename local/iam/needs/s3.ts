/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
import type { Context } from '../condition.ts';
import { type Need, type NeedsOf, type NeedsTable, textOf } from './need.ts';

/**
 * Operations are named as the local S3 names them; their input has `bucket` and `key`, `from` (a
 * copy's source as `bucket/key`), and conditions of the request under the names of their keys.
 */
const onBucket =
  (action: string): NeedsOf =>
  (input) => [need(action, textOf(input, 'bucket'), contextOf(input))];

const onObject =
  (action: string): NeedsOf =>
  (input) => [need(action, `${textOf(input, 'bucket')}/${textOf(input, 'key')}`, contextOf(input))];

const copy: NeedsOf = (input) => [
  need('GetObject', textOf(input, 'from'), {}),
  need('PutObject', `${textOf(input, 'bucket')}/${textOf(input, 'key')}`, contextOf(input)),
];

/** Parts of a bucket's configuration that are read, by their query parameter. */
const FACTS: Readonly<Record<string, string>> = {
  accelerate: 'GetAccelerateConfiguration',
  acl: 'GetBucketAcl',
  cors: 'GetBucketCORS',
  encryption: 'GetEncryptionConfiguration',
  lifecycle: 'GetLifecycleConfiguration',
  location: 'GetBucketLocation',
  logging: 'GetBucketLogging',
  notification: 'GetBucketNotification',
  'object-lock': 'GetBucketObjectLockConfiguration',
  ownershipControls: 'GetBucketOwnershipControls',
  policy: 'GetBucketPolicy',
  policyStatus: 'GetBucketPolicyStatus',
  publicAccessBlock: 'GetBucketPublicAccessBlock',
  replication: 'GetReplicationConfiguration',
  requestPayment: 'GetBucketRequestPayment',
  tagging: 'GetBucketTagging',
  uploads: 'ListBucketMultipartUploads',
  versioning: 'GetBucketVersioning',
  website: 'GetBucketWebsite',
};

export const s3Needs: NeedsTable = {
  'GET account': () => [{ action: 's3:ListAllMyBuckets', resources: ['*'] }],
  'PUT bucket': onBucket('CreateBucket'),
  'HEAD bucket': onBucket('ListBucket'),
  'DELETE bucket': onBucket('DeleteBucket'),
  'GET bucket': onBucket('ListBucket'),
  'GET bucket?list-type': onBucket('ListBucket'),
  // Each of the keys needs s3:DeleteObject, which is asked when they are known.
  'POST bucket?delete': () => [],
  'PUT object': onObject('PutObject'),
  'PUT object from copy': copy,
  'GET object': onObject('GetObject'),
  'HEAD object': onObject('GetObject'),
  'DELETE object': onObject('DeleteObject'),
  'GET object?attributes': onObject('GetObjectAttributes'),
  'GET object?acl': onObject('GetObjectAcl'),
  'GET object?tagging': onObject('GetObjectTagging'),
  'POST object?uploads': onObject('PutObject'),
  'PUT object?uploadId': onObject('PutObject'),
  'PUT object?uploadId from copy': copy,
  'GET object?uploadId': onObject('ListMultipartUploadParts'),
  'POST object?uploadId': onObject('PutObject'),
  'DELETE object?uploadId': onObject('AbortMultipartUpload'),
  ...Object.fromEntries(
    Object.entries(FACTS).map(([parameter, action]) => [
      `GET bucket?${parameter}`,
      onBucket(action),
    ]),
  ),
};

function need(action: string, path: string, context: Context): Need {
  return { action: `s3:${action}`, resources: [`arn:aws:s3:::${path}`], context };
}

function contextOf(input: Readonly<Record<string, unknown>>): Context {
  return Object.fromEntries(
    Object.entries(input).flatMap(([name, value]) =>
      name.startsWith('s3:') && typeof value === 'string' ? [[name, [value]]] : [],
    ),
  );
}
