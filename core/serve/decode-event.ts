/** From a record of the events stream to what it says: features, and id, entity and time beside them. */
import type { ModelDefinition } from '../model/definition.ts';
import type { Problem } from '../model/problem.ts';
import type { QuarantineReason } from '../model/quarantine.ts';
import { dataOf, isCloudEvent } from './cloud-event.ts';
import type { DecodedEvent, StreamRecord, UnfitEvent } from './event.ts';
import { type Around, type EventMap, eventMap } from './event-map.ts';
import { NotJsonError } from './json.ts';
import { describe, isPlainObject } from './problems.ts';
import { EXPECTED_ID, asId, idOfEvent } from './records.ts';
import { NotUnpackableError, jsonIn, partsIn } from './unpack-record.ts';

export interface EventDecoder {
  /** Names that may stand beside the features. */
  readonly beside: ReadonlySet<string>;
  /** Returns the events of a record: one, or those that were packed in it. */
  decode(record: StreamRecord): (DecodedEvent | UnfitEvent)[];
}

/** A name that the model uses for a feature has no other meaning in its events unless declared. */
export function createEventDecoder(
  definition: Pick<ModelDefinition, 'features' | 'serving'>,
): EventDecoder {
  const map = eventMap(definition);
  const readsCloudEvents = !Object.hasOwn(definition.features, 'specversion');
  const decodeOne = (record: StreamRecord): DecodedEvent | UnfitEvent => {
    let content: unknown;
    try {
      content = jsonIn(record.data);
    } catch (cause) {
      return unreadable(record, cause);
    }
    if (readsCloudEvents && isPlainObject(content) && isCloudEvent(content)) {
      return decodeCloudEvent(record, content, map);
    }
    return decodePlain(record, content, '', map);
  };
  return {
    beside: map.beside,
    decode(record) {
      try {
        return partsIn(record)?.map(decodeOne) ?? [decodeOne(record)];
      } catch (cause) {
        return [unreadable(record, cause)];
      }
    },
  };
}

function decodeCloudEvent(
  record: StreamRecord,
  event: Around,
  map: EventMap,
): DecodedEvent | UnfitEvent {
  try {
    const { data, pointer } = dataOf(event);
    return decodePlain(record, data, pointer, map, event);
  } catch (cause) {
    return unreadable(record, cause, '/data_base64', asId(event['id']));
  }
}

/** @param pointer to the content @param around the CloudEvent that it came in */
function decodePlain(
  record: StreamRecord,
  content: unknown,
  pointer: string,
  map: EventMap,
  around?: Around,
): DecodedEvent | UnfitEvent {
  const given: Given = {
    features: map.featuresIn(content),
    id: map.idIn(content, around),
    entity: map.entityIn(content, around),
    time: map.timeIn(content, around),
  };
  const id = asId(given.id);
  const problems = problemsOf(given, pointer, map);
  if (problems.length > 0 || !isPlainObject(given.features)) {
    return unfit(record, 'not-an-event', problems, id);
  }
  return {
    record,
    id: id ?? idOfEvent(record),
    entity: asId(given.entity) ?? map.declaredEntityOf(given.features),
    time: given.time === undefined ? record.arrivedAt.getTime() : map.momentOf(given.time),
    features: given.features,
    pointer: pointer + map.features,
    isCloudEvent: around !== undefined,
  };
}

interface Given {
  readonly features: unknown;
  readonly id: unknown;
  readonly entity: unknown;
  readonly time: unknown;
}

const NO_PROBLEMS: readonly Problem[] = [];

function problemsOf(
  { features, id, entity, time }: Given,
  pointer: string,
  map: EventMap,
): readonly Problem[] {
  const wrongId = id !== undefined && asId(id) === undefined;
  const wrongEntity = entity !== undefined && asId(entity) === undefined;
  const wrongTime = time !== undefined && Number.isNaN(map.momentOf(time));
  const wrongFeatures = !isPlainObject(features);
  if (!wrongId && !wrongEntity && !wrongTime && !wrongFeatures) return NO_PROBLEMS;
  const problems: Problem[] = [];
  const add = (at: string, value: unknown, expected: string): void => {
    problems.push({ pointer: at, got: describe(value), expected });
  };
  if (wrongFeatures) add(pointer + map.features, features, 'an object with one value a feature');
  if (wrongId) add(map.id, id, EXPECTED_ID);
  if (wrongEntity) add(map.entity, entity, EXPECTED_ID);
  if (wrongTime) add(map.time, time, map.expectedTime);
  return problems;
}

function unreadable(record: StreamRecord, cause: unknown, pointer = '', id?: string): UnfitEvent {
  if (!(cause instanceof NotJsonError || cause instanceof NotUnpackableError)) throw cause;
  const got = cause.message.replace('not JSON: ', '');
  const expected = cause instanceof NotJsonError ? 'JSON' : 'bytes that can be unpacked';
  return unfit(record, 'unreadable', [{ pointer, got, expected }], id);
}

function unfit(
  record: StreamRecord,
  reason: QuarantineReason,
  problems: readonly Problem[],
  id?: string,
): UnfitEvent {
  return { record, id: id ?? idOfEvent(record), reason, problems };
}
