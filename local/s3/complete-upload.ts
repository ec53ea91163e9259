/** CompleteMultipartUpload: parts become one object, all at once. */
import { createHash } from 'node:crypto';
import { AwsError } from '../wire/aws-error.ts';
import { textElement } from '../wire/xml.ts';
import { readFiles, writeBodyFile } from './body-file.ts';
import {
  answerXml,
  bucketOf,
  header,
  readXml,
  type S3Handler,
  timeOf,
  type S3Call,
} from './call.ts';
import { type Checksum, checksumHeader, compositeChecksum } from './checksums.ts';
import { writePrecondition } from './conditions.ts';
import { malformedXml } from './errors.ts';
import { quoted } from './object-headers.ts';
import type { Part, Upload } from './uploads.ts';
import { checksumElements, parseXml, type XmlStructure } from './xml-parts.ts';

/** Of every part but the last. */
const SMALLEST_PART_BYTES = 5 * 2 ** 20;

export const completeMultipartUpload: S3Handler = async (call) => {
  const bucket = bucketOf(call);
  const { uploads, files } = bucket;
  const upload = uploads.find(call.key, call.query.get('uploadId') ?? '');
  const named = parseXml(await readXml(call), 'CompleteMultipartUpload').list('Part');
  const parts = chooseParts(named, uploads.parts(upload.id), upload);
  const precondition = writePrecondition(call.key, call.headers);
  precondition(bucket.find(call.key));

  const whole = upload.checksum?.type === 'FULL_OBJECT' ? upload.checksum.algorithm : undefined;
  const paths = parts.map(({ file }) => uploads.pathOf(upload.id, file));
  const body = await writeBodyFile(files.incoming(), readFiles(paths), { algorithm: whole });
  const checksum = await checksumOfParts(upload, parts, body.checksum);
  verifyWhole(call, checksum, body.size);
  const facts = {
    etag: etagOfParts(parts),
    lastModified: timeOf(call),
    headers: upload.headers,
    partSizes: parts.map(({ size }) => size),
    ...(checksum && { checksum }),
  };
  const object = await bucket.put(call.key, body, facts, precondition);
  await uploads.remove(upload.id);
  answerXml(
    call,
    'CompleteMultipartUploadResult',
    textElement('Location', `/${call.bucket}/${call.key}`) +
      textElement('Bucket', call.bucket) +
      textElement('Key', call.key) +
      textElement('ETag', quoted(object.etag)) +
      (checksum ? checksumElements(checksum) : ''),
  );
};

/** Returns the uploaded parts that the request names, after checking what it says of them. */
function chooseParts(named: XmlStructure[], uploaded: readonly Part[], upload: Upload): Part[] {
  if (named.length === 0) throw malformedXml('it must name at least one <Part>');
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  const parts = named.map((it) => choosePart(it, byNumber, upload));
  if (parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const small = parts.slice(0, -1).find(({ size }) => size < SMALLEST_PART_BYTES);
  if (small) {
    const message = 'Your proposed upload is smaller than the minimum allowed size';
    throw new AwsError('EntityTooSmall', message, {
      fields: {
        PartNumber: small.number,
        ProposedSize: small.size,
        MinSizeAllowed: SMALLEST_PART_BYTES,
      },
    });
  }
  return parts;
}

function choosePart(
  named: XmlStructure,
  uploaded: ReadonlyMap<number, Part>,
  { checksum }: Upload,
): Part {
  const number = Number(named.text('PartNumber'));
  const etag = named.text('ETag')?.replaceAll('"', '').trim();
  const part = uploaded.get(number);
  const value = checksum && named.text(`Checksum${checksum.algorithm}`);
  const asUploaded = part?.md5 === etag && (value === undefined || value === part?.checksum);
  if (part && asUploaded) return part;
  const message =
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match.';
  throw new AwsError('InvalidPart', message, { fields: { PartNumber: number, ETag: etag ?? '' } });
}

/** S3's ETag of such an object: the MD5 of the parts' MD5s, `-` and how many they are. */
function etagOfParts(parts: readonly Part[]): string {
  const hash = createHash('md5');
  for (const { md5 } of parts) hash.update(Buffer.from(md5, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

async function checksumOfParts(
  { checksum }: Upload,
  parts: readonly Part[],
  ofWhole: string | undefined,
): Promise<Checksum | undefined> {
  if (!checksum) return undefined;
  if (ofWhole !== undefined) return { ...checksum, value: ofWhole };
  const values = parts.map((part) => part.checksum ?? '');
  return { ...checksum, value: await compositeChecksum(checksum.algorithm, values) };
}

function verifyWhole(call: S3Call, checksum: Checksum | undefined, size: number): void {
  const claimed = checksum && header(call, checksumHeader(checksum.algorithm));
  if (claimed !== undefined && claimed.split('-', 1)[0] !== checksum?.value.split('-', 1)[0]) {
    const message = `The ${checksum?.algorithm} you specified did not match the calculated checksum.`;
    throw new AwsError('BadDigest', message);
  }
  const claimedSize = header(call, 'x-amz-mp-object-size');
  if (claimedSize !== undefined && Number(claimedSize) !== size) {
    throw new AwsError(
      'InvalidRequest',
      `The parts have ${size} bytes together; x-amz-mp-object-size says ${claimedSize}`,
    );
  }
}
