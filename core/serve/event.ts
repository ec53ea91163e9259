/** Events of a stream: plain objects of features, or CloudEvents 1.0 in structured mode. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import { NotJsonError, parseJson } from './json.ts';
import { parseMoment } from './moment.ts';
import { describe, isPlainObject } from './problems.ts';
import { EXPECTED_ID, asId } from './records.ts';

/** A record of the events stream. */
export interface StreamEvent {
  readonly stream: string;
  readonly shard: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly arrivedAt: Date;
  readonly data: Uint8Array;
}

/** What an event says, before its features are looked at. */
export type DecodedEvent =
  | {
      readonly features: Readonly<Record<string, unknown>>;
      /** JSON pointer to the features. */
      readonly pointer: string;
      readonly id?: string | undefined;
      readonly entity?: string | undefined;
    }
  | { readonly problems: readonly Problem[] };

export interface EventDecoder {
  /** Names that may stand beside the features. */
  readonly beside: ReadonlySet<string>;
  decode(data: Uint8Array): DecodedEvent;
}

/** A name that the model uses for a feature has no other meaning in its events. */
export function createEventDecoder({ features }: Pick<ModelDefinition, 'features'>): EventDecoder {
  const beside = new Set(['id', 'entity', 'time'].filter((name) => !Object.hasOwn(features, name)));
  const readsCloudEvents = !Object.hasOwn(features, 'specversion');
  return {
    beside,
    decode(data) {
      const content = jsonOf(data);
      if (content instanceof NotJsonError) {
        const got = content.message.replace('not JSON: ', '');
        return { problems: [{ pointer: '', got, expected: 'JSON' }] };
      }
      if (!isPlainObject(content)) {
        const expected = 'an object with one value a feature';
        return { problems: [{ pointer: '', got: describe(content), expected }] };
      }
      if (readsCloudEvents && Object.hasOwn(content, 'specversion')) {
        return decodeCloudEvent(content, beside);
      }
      return decodePlain(content, '', beside, content);
    },
  };
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return parseJson(data);
  } catch (cause) {
    return cause;
  }
}

type Content = Readonly<Record<string, unknown>>;

/** @param named where id, entity and time are looked for */
function decodePlain(
  features: Content,
  pointer: string,
  beside: ReadonlySet<string>,
  named: Content,
): DecodedEvent {
  const given = (name: string): unknown =>
    beside.has(name) && Object.hasOwn(named, name) ? (named[name] ?? undefined) : undefined;
  const [id, entity, time] = [given('id'), given('entity'), given('time')];
  const problems: Problem[] = [];
  const known = asId(id);
  if (id !== undefined && known === undefined) {
    problems.push({ pointer: '/id', got: describe(id), expected: EXPECTED_ID });
  }
  const about = asId(entity);
  if (entity !== undefined && about === undefined) {
    problems.push({ pointer: '/entity', got: describe(entity), expected: EXPECTED_ID });
  }
  // Checked, though nothing goes by it yet: what counts is when the stream took the event.
  if (time !== undefined && !isMoment(time)) {
    problems.push({ pointer: '/time', got: describe(time), expected: 'ISO 8601 text' });
  }
  if (problems.length > 0) return { problems };
  return { features, pointer, id: known, entity: about };
}

function isMoment(time: unknown): boolean {
  return typeof time === 'number' || (typeof time === 'string' && !Number.isNaN(parseMoment(time)));
}

/** CloudEvents 1.0, JSON event format (github.com/cloudevents/spec). */
function decodeCloudEvent(event: Content, beside: ReadonlySet<string>): DecodedEvent {
  const inBase64 = event['data_base64'];
  const pointer = inBase64 === undefined ? '/data' : '/data_base64';
  const data =
    typeof inBase64 === 'string' ? jsonOf(Buffer.from(inBase64, 'base64')) : event['data'];
  if (!isPlainObject(data) || data instanceof Error) {
    const got = data instanceof Error ? data.message : describe(data);
    return { problems: [{ pointer, got, expected: 'an object with one value a feature' }] };
  }
  const { id, time, entity } = event;
  return decodePlain(data, pointer, beside, { id, time, entity: data['entity'] ?? entity });
}
