/** A prediction record as text. */
import type { FeatureValue, PredictionRecord } from '../model/records.ts';

/**
 * What `JSON.stringify` gives of a record, in less than half of its time: a stream makes very many,
 * and it need not find out anew which properties a record has.
 *
 * @param plain whether no text that came with the row needs escaping, as `isPlain` says of its
 *   event. @default each is looked at
 */
export function recordText(record: PredictionRecord, plain = false): string {
  const { id, model, version, source, at, features, prediction } = record;
  let text =
    `{"id":${textOf(id, plain)},"model":"${model}","version":${version},"source":"${source}",` +
    `"at":"${at}","features":${featuresOf(features, plain)},"prediction":${numberOf(prediction)}`;
  if (record.class !== undefined) text += `,"class":${textOf(record.class, false)}`;
  if (record.probability !== undefined) text += `,"probability":${numberOf(record.probability)}`;
  if (record.variant !== undefined) text += `,"variant":"${record.variant}"`;
  if (record.entity !== undefined) text += `,"entity":${textOf(record.entity, plain)}`;
  if (record.event !== undefined) text += `,"event":"${record.event}"`;
  return `${text}}`;
}

const [SPACE, BACKSLASH, TILDE] = [0x20, 0x5c, 0x7e];

/** Whether JSON is printable ASCII without escapes: then its texts can be written as they are. */
export function isPlain(json: Uint8Array): boolean {
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
  }
  return true;
}

/** Names of features are letters, digits and underscores. */
function featuresOf(features: PredictionRecord['features'], plain: boolean): string {
  let text = '';
  for (const name in features) {
    text += `${text === '' ? '{"' : ',"'}${name}":${valueOf(features[name]!, plain)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function valueOf(value: FeatureValue, plain: boolean): string {
  if (typeof value === 'string') return textOf(value, plain);
  return value === null ? 'null' : numberOf(value);
}

function textOf(text: string, plain: boolean): string {
  return plain ? `"${text}"` : JSON.stringify(text);
}

/** `String` would keep each fraction in a cache of the engine's, which has no use for it again. */
function numberOf(value: number): string {
  return Number.isInteger(value) ? String(value) : JSON.stringify(value);
}
