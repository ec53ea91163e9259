/** Where a region writes down what its roles use. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** `npm run permissions` asks all regions of its tests for it; nobody else does. */
export function usageRecord(): { readonly usageFile?: string } {
  const { TIDEMILL_USAGE: folder } = process.env;
  return folder === undefined ? {} : { usageFile: join(folder, `${randomUUID()}.jsonl`) };
}
