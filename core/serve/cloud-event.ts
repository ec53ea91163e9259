/** CloudEvents 1.0 in structured mode (github.com/cloudevents/spec, JSON event format). */
import type { PredictionRecord } from '../model/records.ts';
import { jsonIn } from './unpack-record.ts';

type Content = Readonly<Record<string, unknown>>;

export function isCloudEvent(content: Content): boolean {
  return typeof content['specversion'] === 'string';
}

export interface CloudEventData {
  /** JSON pointer to the data. */
  readonly pointer: '/data' | '/data_base64';
  readonly data: unknown;
}

/** @throws {NotJsonError} if the data are bytes that are no JSON @throws {NotUnpackableError} */
export function dataOf(event: Content): CloudEventData {
  const inBase64 = event['data_base64'];
  return typeof inBase64 === 'string'
    ? { pointer: '/data_base64', data: jsonIn(Buffer.from(inBase64, 'base64')) }
    : { pointer: '/data', data: event['data'] };
}

/** What answers a CloudEvent: its id is the prediction's, its subject the entity. */
export interface PredictionEvent {
  readonly specversion: '1.0';
  readonly type: 'tidemill.prediction';
  readonly source: string;
  readonly id: string;
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: 'application/json';
  readonly data: PredictionRecord;
}

/** Same record, same bytes: nothing in it depends on when it is made. */
export function cloudEventOf(record: PredictionRecord): PredictionEvent {
  const { id, at, model, entity } = record;
  return {
    specversion: '1.0',
    type: 'tidemill.prediction',
    source: `/tidemill/models/${model}`,
    id,
    time: at,
    ...(entity !== undefined && entity !== '' && { subject: entity }),
    datacontenttype: 'application/json',
    data: record,
  };
}
