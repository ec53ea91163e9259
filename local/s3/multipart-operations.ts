/** Uploads in parts. */
import { AwsError } from '../wire/aws-error.ts';
import { element, textElement } from '../wire/xml.ts';
import {
  answerEmpty,
  answerXml,
  bucketOf,
  header,
  type S3Call,
  type S3Handler,
  timeOf,
} from './call.ts';
import { checksumHeader, type ChecksumType, parseChecksumAlgorithm } from './checksums.ts';
import { invalidArgument } from './errors.ts';
import { countParameter } from './list-operations.ts';
import { headersToKeep, quoted } from './object-headers.ts';
import { receive } from './receive.ts';
import type { Part, Upload } from './uploads.ts';
import { OWNER } from './xml-parts.ts';

const MOST_PARTS = 10_000;

export const createMultipartUpload: S3Handler = async (call) => {
  const { uploads } = bucketOf(call);
  const checksum = checksumOfUpload(call);
  const upload = uploads.create({
    key: call.key,
    initiated: timeOf(call),
    headers: headersToKeep(call),
    ...(checksum && { checksum }),
  });
  const inner =
    textElement('Bucket', call.bucket) +
    textElement('Key', call.key) +
    textElement('UploadId', upload.id);
  answerXml(call, 'InitiateMultipartUploadResult', inner, {
    ...(checksum && {
      'x-amz-checksum-algorithm': checksum.algorithm,
      'x-amz-checksum-type': checksum.type,
    }),
  });
};

function checksumOfUpload(call: S3Call): Upload['checksum'] {
  const name = header(call, 'x-amz-checksum-algorithm');
  if (name === undefined) return undefined;
  const algorithm = parseChecksumAlgorithm(name);
  const usual: ChecksumType = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  const asked = header(call, 'x-amz-checksum-type');
  const impossible =
    asked === 'FULL_OBJECT' ? algorithm.startsWith('SHA') : algorithm === 'CRC64NVME';
  if (asked === undefined) return { algorithm, type: usual };
  if ((asked !== 'FULL_OBJECT' && asked !== 'COMPOSITE') || impossible) {
    throw new AwsError(
      'InvalidRequest',
      `The ${asked} checksum type cannot be used with ${algorithm}`,
    );
  }
  return { algorithm, type: asked };
}

export const uploadPart: S3Handler = async (call) => {
  const { uploads } = bucketOf(call);
  const upload = uploads.find(call.key, call.query.get('uploadId') ?? '');
  const number = partNumberOf(call);
  const file = uploads.newFile();
  const body = await receive(
    call.request,
    uploads.pathOf(upload.id, file),
    upload.checksum?.algorithm,
  );
  const { size, md5, algorithm, checksum } = body;
  const expected = upload.checksum?.algorithm;
  const part: Part = { number, file, size, md5, lastModified: timeOf(call) };
  const kept = algorithm === expected && checksum !== undefined ? { ...part, checksum } : part;
  await uploads.addPart(upload.id, kept);
  answerEmpty(call, 200, {
    etag: quoted(md5),
    ...(algorithm && checksum !== undefined && { [checksumHeader(algorithm)]: checksum }),
  });
};

/** @throws {AwsError} InvalidArgument if the number is not one of 1 to 10,000 */
export function partNumberOf({ query }: S3Call): number {
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST_PARTS) return number;
  throw invalidArgument('partNumber', text, `an integer between 1 and ${MOST_PARTS}`);
}

export const abortMultipartUpload: S3Handler = async (call) => {
  const { uploads } = bucketOf(call);
  await uploads.remove(uploads.find(call.key, call.query.get('uploadId') ?? '').id);
  answerEmpty(call, 204);
};

export const listParts: S3Handler = async (call) => {
  const { uploads } = bucketOf(call);
  const upload = uploads.find(call.key, call.query.get('uploadId') ?? '');
  const marker = Number(call.query.get('part-number-marker') ?? 0);
  const most = countParameter(call.query, 'max-parts');
  const rest = uploads.parts(upload.id).filter(({ number }) => number > marker);
  const page = rest.slice(0, most);
  answerXml(
    call,
    'ListPartsResult',
    textElement('Bucket', call.bucket) +
      textElement('Key', call.key) +
      textElement('UploadId', upload.id) +
      element('Owner', OWNER) +
      element('Initiator', OWNER) +
      textElement('StorageClass', 'STANDARD') +
      textElement('PartNumberMarker', marker) +
      textElement('NextPartNumberMarker', page.at(-1)?.number ?? 0) +
      textElement('MaxParts', most) +
      textElement('IsTruncated', rest.length > page.length) +
      textElement('ChecksumAlgorithm', upload.checksum?.algorithm) +
      textElement('ChecksumType', upload.checksum?.type) +
      page.map((part) => element('Part', partElements(part, upload))).join(''),
  );
};

function partElements(part: Part, { checksum }: Upload): string {
  return (
    textElement('PartNumber', part.number) +
    textElement('LastModified', part.lastModified) +
    textElement('ETag', quoted(part.md5)) +
    textElement('Size', part.size) +
    (checksum ? textElement(`Checksum${checksum.algorithm}`, part.checksum) : '')
  );
}

export const listMultipartUploads: S3Handler = async (call) => {
  const prefix = call.query.get('prefix') ?? '';
  const keyMarker = call.query.get('key-marker') ?? '';
  const idMarker = call.query.get('upload-id-marker') ?? '';
  const most = countParameter(call.query, 'max-uploads');
  const follows = ({ key, id }: Upload): boolean =>
    key > keyMarker || (key === keyMarker && idMarker !== '' && id > idMarker);
  const rest = bucketOf(call)
    .uploads.list()
    .filter((upload) => upload.key.startsWith(prefix) && follows(upload))
    .toSorted((a, b) => (a.key === b.key ? compare(a.id, b.id) : compare(a.key, b.key)));
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  answerXml(
    call,
    'ListMultipartUploadsResult',
    textElement('Bucket', call.bucket) +
      textElement('Prefix', prefix) +
      textElement('KeyMarker', keyMarker) +
      textElement('UploadIdMarker', idMarker) +
      textElement('NextKeyMarker', last?.key) +
      textElement('NextUploadIdMarker', last?.id) +
      textElement('MaxUploads', most) +
      textElement('IsTruncated', last !== undefined) +
      page.map((upload) => element('Upload', uploadElements(upload))).join(''),
  );
};

function uploadElements({ key, id, initiated }: Upload): string {
  return (
    textElement('UploadId', id) +
    textElement('Key', key) +
    textElement('Initiated', initiated) +
    textElement('StorageClass', 'STANDARD') +
    element('Owner', OWNER) +
    element('Initiator', OWNER)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
