/** The objects of a bucket for servers that read one and must have it soon. */
import { type ObjectStore, ObjectNotFoundError } from './objects.ts';
import { signedRequest } from './signed-request.ts';

/** Reads without S3's client, which is loaded with the first write. */
export function quickObjects(bucket: string): Pick<ObjectStore, 'get' | 'putIfAbsent'> {
  return {
    async get(key) {
      const { status, body } = await signedRequest({
        service: 's3',
        method: 'GET',
        path: `/${bucket}/${key}`,
      });
      if (status === 200) return body;
      // S3 tells those who may not list the bucket that they may not read what is not there.
      if (status === 404 || status === 403) throw new ObjectNotFoundError(key);
      throw new Error(`object '${key}' cannot be read: ${status} ${body.toString().slice(0, 300)}`);
    },
    async putIfAbsent(...object) {
      const { s3Objects } = await import('./s3-objects.ts');
      return s3Objects(bucket).putIfAbsent(...object);
    },
  };
}
