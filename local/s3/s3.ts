/** The laptop's S3: buckets are folders, objects are files. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Place, ResourceHost } from '../resource.ts';
import type { Events } from '../services.ts';
import { toAwsError } from '../wire/aws-error.ts';
import { isAbandoned, type Service } from '../wire/service.ts';
import { type Buckets, openBuckets } from './buckets.ts';
import { askedOf, hideMissing } from './access.ts';
import { answerError } from './call.ts';
import { operationOf } from './operations.ts';
import { objectCreated, sendsEvents } from './object-created.ts';
import { readAddress } from './request.ts';

export interface S3Options {
  /** The region's state; S3 keeps its own in `s3/` below it. */
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
  /** Gets the events of buckets that are to send them. @default nobody */
  readonly events?: Events;
}

export interface S3 {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  close(): void;
}

export function createS3({ stateFolder, place, clock, events }: S3Options): S3 {
  const telling = new Set<string>();
  const buckets = openBuckets(join(stateFolder, 's3'), (bucket, key, object) => {
    if (telling.has(bucket)) events?.emit(objectCreated(place, clock, { bucket, key, object }));
  });

  const service: Service = {
    signingName: 's3',
    async handle(request, response, caller) {
      const requestId = randomUUID();
      response.setHeader('x-amz-request-id', requestId);
      try {
        const address = readAddress(request);
        const { headers } = request;
        const call = { ...address, request, response, headers, buckets, clock, place, caller };
        const { name, run } = operationOf(call);
        caller.require(name, askedOf(call));
        await run(call).catch((cause: unknown) => {
          throw hideMissing(call, cause);
        });
      } catch (cause) {
        if (response.headersSent || isAbandoned(request, response)) throw cause;
        const error = toAwsError(cause, `s3 ${request.method} ${request.url}`);
        answerError(request, response, error, requestId);
      }
    },
  };
  const hosts = [bucketHost(buckets, place, clock, telling), policyHost];
  return { service, hosts, close: () => buckets.close() };
}

/** @param telling names of the buckets that send events, which the template says */
function bucketHost(
  buckets: Buckets,
  { region, partition }: Place,
  clock: Clock,
  telling: Set<string>,
): ResourceHost {
  return {
    types: ['AWS::S3::Bucket'],
    async create({ properties, defaultName }) {
      const given = properties['BucketName'];
      const name = typeof given === 'string' ? given : defaultName.toLowerCase();
      if (!buckets.has(name)) buckets.create(name, clock.now());
      if (sendsEvents(properties['NotificationConfiguration'])) telling.add(name);
      return {
        ref: name,
        attributes: {
          Arn: `arn:${partition}:s3:::${name}`,
          DomainName: `${name}.s3.amazonaws.com`,
          DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
          RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
          WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
        },
      };
    },
  };
}

/** What it says is enforced by `local/iam/`. */
const policyHost: ResourceHost = {
  types: ['AWS::S3::BucketPolicy'],
  async create({ properties }) {
    return { ref: String(properties['Bucket']), attributes: {} };
  },
};
