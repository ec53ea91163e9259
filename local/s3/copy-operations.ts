/** CopyObject and UploadPartCopy: bytes that are in a bucket already. */
import { AwsError } from '../wire/aws-error.ts';
import { textElement } from '../wire/xml.ts';
import { type BodyFile, writeBodyFile } from './body-file.ts';
import type { StoredObject } from './bucket.ts';
import { answerXml, bucketOf, header, type S3Call, type S3Handler, timeOf } from './call.ts';
import { type ChecksumAlgorithm, parseChecksumAlgorithm } from './checksums.ts';
import { checkRead, copySourceConditions, writePrecondition } from './conditions.ts';
import { preconditionFailed } from './errors.ts';
import { partNumberOf } from './multipart-operations.ts';
import { headersToKeep, quoted } from './object-headers.ts';
import { parseRange } from './range.ts';
import { readCopySource } from './request.ts';
import { checksumElements } from './xml-parts.ts';

export const copyObject: S3Handler = async (call) => {
  const bucket = bucketOf(call);
  const precondition = writePrecondition(call.key, call.headers);
  precondition(bucket.find(call.key));
  const replace = header(call, 'x-amz-metadata-directive') === 'REPLACE';
  refuseNoChange(call, replace);
  const path = bucket.files.incoming();
  const { source, body, algorithm } = await copySource(call, path, checksumAsked(call));
  const facts = {
    etag: body.md5,
    lastModified: timeOf(call),
    headers: replace ? headersToKeep(call) : source.headers,
    ...(algorithm &&
      body.checksum !== undefined && {
        checksum: { algorithm, value: body.checksum, type: 'FULL_OBJECT' as const },
      }),
  };
  const object = await bucket.put(call.key, body, facts, precondition);
  answerXml(
    call,
    'CopyObjectResult',
    textElement('LastModified', object.lastModified) +
      textElement('ETag', quoted(object.etag)) +
      (object.checksum ? checksumElements(object.checksum) : ''),
  );
};

export const uploadPartCopy: S3Handler = async (call) => {
  const { uploads } = bucketOf(call);
  const upload = uploads.find(call.key, call.query.get('uploadId') ?? '');
  const number = partNumberOf(call);
  const file = uploads.newFile();
  const path = uploads.pathOf(upload.id, file);
  const { body } = await copySource(call, path, upload.checksum?.algorithm);
  const { size, md5, checksum } = body;
  const lastModified = timeOf(call);
  await uploads.addPart(upload.id, {
    number,
    file,
    size,
    md5,
    lastModified,
    ...(checksum !== undefined && { checksum }),
  });
  answerXml(
    call,
    'CopyPartResult',
    textElement('LastModified', lastModified) +
      textElement('ETag', quoted(md5)) +
      (upload.checksum ? textElement(`Checksum${upload.checksum.algorithm}`, checksum) : ''),
  );
};

interface Copied {
  readonly source: StoredObject;
  readonly body: BodyFile;
  /** Algorithm of the body's checksum: the one asked for, or else the source's. */
  readonly algorithm: ChecksumAlgorithm | undefined;
}

async function copySource(
  call: S3Call,
  path: string,
  asked: ChecksumAlgorithm | undefined,
): Promise<Copied> {
  const from = readCopySource(header(call, 'x-amz-copy-source') ?? '');
  const { object: source, handle } = await call.buckets.get(from.bucket).open(from.key);
  try {
    if (checkRead(copySourceConditions(call.headers), source) === 'unchanged') {
      throw preconditionFailed('x-amz-copy-source-If-None-Match');
    }
    const algorithm = asked ?? source.checksum?.algorithm;
    const range = parseRange(header(call, 'x-amz-copy-source-range'), source.size);
    const content = handle.createReadStream({ ...range, autoClose: false });
    const body = await writeBodyFile(path, content, { algorithm });
    return { source, body, algorithm };
  } finally {
    await handle.close();
  }
}

function checksumAsked(call: S3Call): ChecksumAlgorithm | undefined {
  const name = header(call, 'x-amz-checksum-algorithm');
  return name === undefined ? undefined : parseChecksumAlgorithm(name);
}

function refuseNoChange(call: S3Call, replace: boolean): void {
  const from = readCopySource(header(call, 'x-amz-copy-source') ?? '');
  const same = from.bucket === call.bucket && from.key === call.key;
  if (!same || replace || header(call, 'x-amz-storage-class') !== undefined) return;
  throw new AwsError(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
