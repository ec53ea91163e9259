/** What each operation of the region's services needs, by the service's signing name. */
import { batchNeeds, lambdaNeeds, schedulerNeeds } from './compute.ts';
import { dynamodbNeeds } from './dynamodb.ts';
import type { NeedsTable } from './need.ts';
import { s3Needs } from './s3.ts';
import { eventsNeeds, kinesisNeeds, snsNeeds, sqsNeeds } from './streams-and-messages.ts';
import {
  cloudformationNeeds,
  logsNeeds,
  monitoringNeeds,
  secretsmanagerNeeds,
  stsNeeds,
} from './watching.ts';

export const NEEDS: Readonly<Record<string, NeedsTable>> = {
  batch: batchNeeds,
  cloudformation: cloudformationNeeds,
  dynamodb: dynamodbNeeds,
  events: eventsNeeds,
  kinesis: kinesisNeeds,
  lambda: lambdaNeeds,
  logs: logsNeeds,
  monitoring: monitoringNeeds,
  s3: s3Needs,
  scheduler: schedulerNeeds,
  secretsmanager: secretsmanagerNeeds,
  sns: snsNeeds,
  sqs: sqsNeeds,
  sts: stsNeeds,
};

export type { Need, NeedsOf, Surroundings } from './need.ts';
