/** Flights as the events that Lambda makes of a stream, one batch a line. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { loadFlights } from '../flights.ts';

/** As the declaration has it. */
export const BATCH_RECORDS = 500;

export interface Flight {
  readonly date: string;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** @param every keeps one flight in so many */
export async function flightsAsEvents(from: string, to: string, every: number): Promise<Flight[]> {
  const { rows, numbers, categories, times } = await loadFlights({ from, to, every });
  const airport = (name: 'origin' | 'destination', row: number): string => {
    const { dictionary, codes } = categories[name]!;
    return dictionary[codes[row]!]!;
  };
  return Array.from({ length: rows }, (_, row) => ({
    date: new Date(times['date']![row]!).toISOString(),
    distance: numbers['distance']![row]!,
    origin: airport('origin', row),
    destination: airport('destination', row),
  }));
}

export async function writeEvents(path: string, flights: readonly Flight[]): Promise<void> {
  const file = createWriteStream(path);
  for (let start = 0; start + BATCH_RECORDS <= flights.length; start += BATCH_RECORDS) {
    const batch = flights.slice(start, start + BATCH_RECORDS);
    file.write(
      `${JSON.stringify({ Records: batch.map((flight, at) => record(flight, start + at)) })}\n`,
    );
  }
  file.end();
  await finished(file);
}

function record(flight: Flight, number: number) {
  const sequenceNumber = String(
    49590338271490256608559692538361571095n * 10n ** 18n + BigInt(number),
  );
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: flight.origin,
      sequenceNumber,
      data: Buffer.from(JSON.stringify(flight)).toString('base64'),
      approximateArrivalTimestamp: Date.UTC(2001, 4, 1) / 1000 + number / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `shardId-000000000000:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/consume',
    awsRegion: 'us-east-1',
    eventSourceARN:
      'arn:aws:kinesis:us-east-1:000000000000:stream/tidemill-dev-flight-delay-events',
  };
}
