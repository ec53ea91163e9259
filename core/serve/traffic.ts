/** Who is answered by the challenger. */
import { createHash } from 'node:crypto';
import type { Traffic } from '../model/traffic.ts';

/**
 * Tells whether an entity belongs to the challenger's share. An entity always falls on the same
 * side, and stays with the challenger while the share grows.
 *
 * @param key the entity, or the id of a prediction that is about none
 */
export function isChallenged(model: string, key: string, { share }: Traffic): boolean {
  if (share >= 1) return true;
  const hash = createHash('sha256').update(`${model}\0${key}`).digest().readUInt32BE();
  return hash / 2 ** 32 < share;
}
