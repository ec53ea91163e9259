/** Which operation a request asks for: its method, what it is about, and one query parameter. */
import {
  ACCESS_CONTROL,
  bucketFact,
  createBucket,
  deleteBucket,
  ENCRYPTION,
  getBucketLocation,
  headBucket,
  listBuckets,
  noBucketConfiguration,
  objectFact,
} from './bucket-operations.ts';
import type { S3Call, S3Handler } from './call.ts';
import { completeMultipartUpload } from './complete-upload.ts';
import { copyObject, uploadPartCopy } from './copy-operations.ts';
import { notImplemented } from './errors.ts';
import { deleteObjects, listObjects, listObjectsV2 } from './list-operations.ts';
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './multipart-operations.ts';
import {
  deleteObject,
  getObject,
  getObjectAttributes,
  headObject,
  putObject,
} from './object-operations.ts';

const OPERATIONS: Readonly<Record<string, S3Handler>> = {
  'GET account': listBuckets,

  'PUT bucket': createBucket,
  'HEAD bucket': headBucket,
  'DELETE bucket': deleteBucket,
  'GET bucket': listObjects,
  'GET bucket?list-type': listObjectsV2,
  'POST bucket?delete': deleteObjects,
  'GET bucket?uploads': listMultipartUploads,
  'GET bucket?location': getBucketLocation,
  'GET bucket?accelerate': bucketFact('AccelerateConfiguration'),
  'GET bucket?acl': bucketFact('AccessControlPolicy', ACCESS_CONTROL),
  'GET bucket?encryption': bucketFact('ServerSideEncryptionConfiguration', ENCRYPTION),
  'GET bucket?logging': bucketFact('BucketLoggingStatus'),
  'GET bucket?notification': bucketFact('NotificationConfiguration'),
  'GET bucket?requestPayment': bucketFact(
    'RequestPaymentConfiguration',
    '<Payer>BucketOwner</Payer>',
  ),
  'GET bucket?versioning': bucketFact('VersioningConfiguration'),
  'GET bucket?cors': noBucketConfiguration('NoSuchCORSConfiguration'),
  'GET bucket?lifecycle': noBucketConfiguration('NoSuchLifecycleConfiguration'),
  'GET bucket?object-lock': noBucketConfiguration('ObjectLockConfigurationNotFoundError'),
  'GET bucket?ownershipControls': noBucketConfiguration('OwnershipControlsNotFoundError'),
  'GET bucket?policy': noBucketConfiguration('NoSuchBucketPolicy'),
  'GET bucket?policyStatus': noBucketConfiguration('NoSuchBucketPolicy'),
  'GET bucket?publicAccessBlock': noBucketConfiguration('NoSuchPublicAccessBlockConfiguration'),
  'GET bucket?replication': noBucketConfiguration('ReplicationConfigurationNotFoundError'),
  'GET bucket?tagging': noBucketConfiguration('NoSuchTagSet'),
  'GET bucket?website': noBucketConfiguration('NoSuchWebsiteConfiguration'),

  'PUT object': putObject,
  'PUT object from copy': copyObject,
  'GET object': getObject,
  'HEAD object': headObject,
  'DELETE object': deleteObject,
  'GET object?attributes': getObjectAttributes,
  'GET object?acl': objectFact('AccessControlPolicy', ACCESS_CONTROL),
  'GET object?tagging': objectFact('Tagging', '<TagSet></TagSet>'),
  'POST object?uploads': createMultipartUpload,
  'PUT object?uploadId': uploadPart,
  'PUT object?uploadId from copy': uploadPartCopy,
  'GET object?uploadId': listParts,
  'POST object?uploadId': completeMultipartUpload,
  'DELETE object?uploadId': abortMultipartUpload,
};

/** Parameters that make a request another operation, implemented here or not. */
const SUBRESOURCES = new Set(
  'accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle list-type location logging metadataConfiguration metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication requestPayment restore retention select session tagging torrent uploadId uploads versioning versions website'.split(
    ' ',
  ),
);

/** What a request asks for: the operation's name here, such as `GET object`, and what does it. */
interface S3Operation {
  readonly name: string;
  readonly run: S3Handler;
}

/** @throws {AwsError} NotImplemented (501) for operations that this S3 does not have */
export function operationOf({ request, bucket, key, query, headers }: S3Call): S3Operation {
  const about = key === '' ? (bucket === '' && 'account') || 'bucket' : 'object';
  const parameter = [...query.keys()].find((name) => SUBRESOURCES.has(name));
  const copy = request.method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
  const name = `${request.method} ${about}${parameter ? `?${parameter}` : ''}${copy ? ' from copy' : ''}`;
  const run = OPERATIONS[name];
  if (!run) throw notImplemented(name);
  const version = query.get('versionId');
  if (version !== null && version !== 'null') throw notImplemented('versions of objects');
  return { name, run };
}
