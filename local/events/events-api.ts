/** The API of EventBridge. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { list, parseInput, timestamp } from '../wire/input.ts';
import type { Input, Output } from '../wire/operations.ts';
import { createRpcService } from '../wire/rpc.ts';
import type { Service } from '../wire/service.ts';
import type { Bus } from './bus.ts';
import type { Rule } from './rule.ts';

const PutEvents = z.object({
  Entries: list(
    z.object({
      Source: z.string().default(''),
      DetailType: z.string().default(''),
      Detail: z.string().default(''),
      Resources: list(z.string()).default([]),
      Time: timestamp.optional(),
    }),
  ),
});
const Named = z.object({ Name: z.string() });

/** Builds the service that clients sign for as 'events'. */
export function createEventsApi(bus: Bus, now: () => Date): Service {
  return createRpcService({
    signingName: 'events',
    operations: {
      PutEvents: async (input) => putEvents(bus, now, input),
      async ListRules(input) {
        const { NamePrefix = '' } = parseInput(
          z.object({ NamePrefix: z.string().optional() }),
          input,
        );
        const found = bus.rules().filter(({ name }) => name.startsWith(NamePrefix));
        return { Rules: found.map(describe) };
      },
      DescribeRule: async (input) => describe(existing(bus, parseInput(Named, input).Name)),
      async ListTargetsByRule(input) {
        const { Rule: name } = parseInput(z.object({ Rule: z.string() }), input);
        return { Targets: existing(bus, name).targets };
      },
    },
  });
}

function existing(bus: Bus, name: string): Rule {
  const rule = bus.get(name);
  if (rule) return rule;
  const known = bus
    .rules()
    .map((one) => one.name)
    .join(', ');
  throw new AwsError(
    'ResourceNotFoundException',
    `Rule ${name} does not exist; there are: ${known}`,
  );
}

function describe({ name, arn, enabled, properties }: Rule): Output {
  return {
    Name: name,
    Arn: arn,
    State: enabled ? 'ENABLED' : 'DISABLED',
    Description: properties.Description,
    EventPattern: properties.EventPattern && JSON.stringify(properties.EventPattern),
    ScheduleExpression: properties.ScheduleExpression,
    EventBusName: 'default',
  };
}

function putEvents(bus: Bus, now: () => Date, input: Input): Output {
  const { Entries } = parseInput(PutEvents, input);
  const results = Entries.map((entry) => {
    const detail = readDetail(entry.Detail);
    const wrong = entry.Source === '' || entry.DetailType === '';
    if (wrong) return refused('InvalidArgument', 'Source and DetailType are required');
    if (detail === undefined) return refused('MalformedDetail', 'Detail is malformed.');
    const { Source: source, DetailType: detailType, Resources: resources, Time: at } = entry;
    return { EventId: bus.put({ source, detailType, detail, resources, at: at ?? now() }) };
  });
  return {
    Entries: results,
    FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
  };
}

function refused(ErrorCode: string, ErrorMessage: string): Output {
  return { ErrorCode, ErrorMessage };
}

function readDetail(text: string): Record<string, unknown> | undefined {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
