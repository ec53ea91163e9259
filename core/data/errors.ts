/** What can be wrong with data. None of it is mended by trying again. */

/** The data cannot be used as declared; the message says which and why. */
export class DataError extends Error {
  override readonly name = 'DataError';
}
