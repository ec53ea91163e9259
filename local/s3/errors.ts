/** What S3 says when it refuses, by the codes of its API reference. */
import { AwsError } from '../wire/aws-error.ts';

export function noSuchBucket(bucket: string): AwsError {
  return new AwsError('NoSuchBucket', `The specified bucket '${bucket}' does not exist`, {
    status: 404,
    fields: { BucketName: bucket },
  });
}

export function noSuchKey(key: string): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    fields: { Key: key },
  });
}

export function noSuchUpload(uploadId: string): AwsError {
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  return new AwsError('NoSuchUpload', message, { status: 404, fields: { UploadId: uploadId } });
}

export function preconditionFailed(condition: string): AwsError {
  const message = 'At least one of the pre-conditions you specified did not hold';
  return new AwsError('PreconditionFailed', message, {
    status: 412,
    fields: { Condition: condition },
  });
}

export function invalidArgument(name: string, value: string, expected: string): AwsError {
  return new AwsError('InvalidArgument', `${name} '${value}' must be ${expected}`, {
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

export function malformedXml(reason: string): AwsError {
  return new AwsError('MalformedXML', `The XML you provided was not well-formed: ${reason}`);
}

export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `the local S3 does not implement ${what}`, { status: 501 });
}
