/** Whether something that was written down is about one entity. */

export interface Entity {
  readonly id: string;
  /** The feature that names entities, if the declaration has one. */
  readonly feature?: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Places beside the top in which features of a record may stand. */
const INSIDE = ['features', 'values', 'data'];

/** Looks at what a record says its entity is, and at the feature that names entities. */
export function mentions(record: unknown, entity: Entity): boolean {
  const { id, feature } = entity;
  if (!isJson(record)) return false;
  if (['entity', 'partitionKey', 'partitionkey'].some((name) => is(record[name], id))) return true;
  const places = [record, ...INSIDE.map((name) => record[name]).filter(isJson)];
  const names = feature === undefined ? ['entity'] : ['entity', feature];
  if (places.some((place) => names.some((name) => is(place[name], id)))) return true;
  const inside = record['data'];
  return typeof inside === 'string' && mentions(packed(inside), entity);
}

/** Events in the quarantine are kept as the bytes that came. */
function packed(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString());
  } catch {
    return undefined;
  }
}

function is(value: unknown, id: string): boolean {
  return (typeof value === 'string' || typeof value === 'number') && String(value) === id;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
