/** One request of the online endpoint, from its answer to the last record of it. */
import { type EncodedAnswer, encodeAnswer } from '../core/serve/encode-answer.ts';
import type { Endpoint } from '../core/serve/endpoint.ts';
import type { HttpAnswer, HttpRequest } from '../core/serve/http.ts';
import type { PredictionRecord } from '../core/model/records.ts';
import type { RecordSink } from './record-sink.ts';
import type { Telemetry } from './telemetry.ts';

export interface PredictParts {
  readonly endpoint: Endpoint;
  /** Where prediction records go. */
  readonly records: RecordSink;
  readonly telemetry: Telemetry;
  /** Milliseconds of a clock that only goes forward. */
  readonly stopwatch: () => number;
}

export interface Response {
  readonly answer: EncodedAnswer;
  /** Keeps what was predicted and counts it. Never throws; to be called when the answer is out. */
  readonly finish: () => Promise<void>;
}

export type Responder = (request: HttpRequest) => Promise<Response>;

export function createResponder(parts: PredictParts): Responder {
  const { endpoint, telemetry, stopwatch } = parts;
  return async (request) => {
    const started = stopwatch();
    const answer = await endpoint(request);
    const encoded = encodeAnswer(answer, request);
    telemetry.measure('Latency', 'Milliseconds', stopwatch() - started);
    return { answer: encoded, finish: () => finish(parts, answer) };
  };
}

async function finish({ records: sink, telemetry }: PredictParts, answer: HttpAnswer) {
  const { records = [], shadow, reason, fault, status } = answer;
  if (reason !== undefined) telemetry.count('ValidationFailures', 1, reason);
  if (fault !== undefined) {
    telemetry.count(status < 500 ? 'ChallengerFailures' : 'Faults', 1);
    telemetry.error(status < 500 ? 'challenger failed' : 'request failed', fault, { status });
  }
  const made = shadow ? await shadowRecords(shadow, records, telemetry) : [];
  if (records.length === 0) return;
  telemetry.count('PredictedRows', records.length);
  countVersions(records, telemetry);
  await sink.keep([...records, ...made]);
}

function countVersions(records: readonly PredictionRecord[], telemetry: Telemetry): void {
  let challenged = 0;
  for (const { variant } of records) if (variant === 'challenger') challenged++;
  if (challenged > 0) telemetry.count('ChallengerRows', challenged);
  const served = records.find(({ variant }) => variant === undefined);
  if (served) telemetry.measure('ServedVersion', 'None', served.version);
}

/** A shadow that fails costs nobody anything. */
async function shadowRecords(
  shadow: NonNullable<HttpAnswer['shadow']>,
  records: readonly PredictionRecord[],
  telemetry: Telemetry,
): Promise<readonly PredictionRecord[]> {
  try {
    const made = await shadow();
    const champion = new Map(records.map(({ id, prediction }) => [id, prediction]));
    const other = made.filter(({ id, prediction }) => champion.get(id) !== prediction);
    telemetry.count('ShadowRows', made.length);
    telemetry.count('ShadowDisagreements', other.length);
    return made;
  } catch (cause) {
    telemetry.count('ChallengerFailures', 1);
    telemetry.error('shadow failed', cause);
    return [];
  }
}
