/** What a destination is told about an asynchronous event. */
import type { AcceptedEvent } from './async-event.ts';
import type { CallResult } from './functions.ts';

/**
 * Returns the JSON of the record, with the event as it was and the function's last answer.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationRecord(
  event: AcceptedEvent,
  functionArn: string,
  result: CallResult | undefined,
  condition: string,
  at: Date,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: at.toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: condition === 'Success' ? event.failures + 1 : event.failures,
    },
    requestPayload: parse(event.payload),
    ...(result !== undefined && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result.failed && { functionError: 'Unhandled' }),
      },
      responsePayload: parse(result.payload),
    }),
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
