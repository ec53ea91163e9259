/** What the on-failure destination is told. */
import type { MappingConfiguration } from './configuration.ts';
import type { DiscardCondition } from './delivery.ts';
import type { Answer, Batch } from './verdict.ts';

export interface FailureFacts {
  readonly configuration: MappingConfiguration;
  readonly shardId: string;
  readonly batch: Batch;
  readonly condition: DiscardCondition;
  readonly answer: Answer | undefined;
  readonly requestId: string;
  readonly at: Date;
}

/**
 * Returns the message as JSON. It says where the records are, not what is in them.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function failureRecord(facts: FailureFacts): string {
  const { configuration, batch, answer } = facts;
  const first = batch.records[0];
  const last = batch.records.at(-1);
  return JSON.stringify({
    requestContext: {
      requestId: facts.requestId,
      functionArn: configuration.functionArn,
      condition: facts.condition,
      approximateInvokeCount: batch.failures,
    },
    ...(answer?.kind === 'answered' && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: answer.failed ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp: facts.at.toISOString(),
    KinesisBatchInfo: {
      shardId: facts.shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: first?.arrivedAt.toISOString(),
      approximateArrivalOfLastRecord: last?.arrivedAt.toISOString(),
      batchSize: batch.records.length,
      streamArn: configuration.streamArn,
    },
  });
}
