/** Bytes by key, written once: what the domain asks of S3. */

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

export interface ObjectStore {
  /** @throws {ObjectNotFoundError} if there is no such object */
  get(key: string): Promise<Uint8Array>;
  /** Writes, or overwrites with what must be the same bytes. */
  put(key: string, body: Uint8Array | string, contentType?: string): Promise<void>;
  /** Writes only if nothing is there; false means that another writer was first. */
  putIfAbsent(key: string, body: Uint8Array | string, contentType?: string): Promise<boolean>;
  /** Every object under a prefix, in key order. */
  list(prefix: string): Promise<StoredObject[]>;
  /** Takes an object away; it need not be there. */
  remove(key: string): Promise<void>;
  /** Copies an object into a local file without holding it in memory. @throws {ObjectNotFoundError} */
  download(key: string, file: string): Promise<void>;
  /**
   * Copies some bytes of an object to the same place of a local file, which may have holes.
   *
   * @throws {ObjectChangedError} if the object is gone, or no longer the one that was listed
   */
  downloadPart(object: Pick<StoredObject, 'key' | 'etag'>, part: ObjectPart): Promise<void>;
  /** Copies a local file into an object. */
  upload(file: string, key: string, contentType?: string): Promise<void>;
}

export interface ObjectPart {
  readonly file: string;
  /** First byte, from 0. */
  readonly from: number;
  /** The byte after the last. */
  readonly to: number;
}

/** Somebody wrote another object in the place of one, or deleted it. */
export class ObjectChangedError extends Error {
  override readonly name = 'ObjectChangedError';

  constructor(key: string) {
    super(`object '${key}' was changed or deleted since it was listed; ask for it once more`);
  }
}

export class ObjectNotFoundError extends Error {
  override readonly name = 'ObjectNotFoundError';
  readonly key: string;

  constructor(key: string) {
    super(`there is no object '${key}'`);
    this.key = key;
  }
}
