/** How functions, versions, aliases and invoke configurations of the template come to be. */
import { join } from 'node:path';
import * as z from 'zod';
import { materialiseAsset } from '../asset.ts';
import type { Clock } from '../clock.ts';
import type { Place, ResourceHost } from '../resource.ts';
import type { Logs, Roles } from '../services.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import { readFunctionConfiguration } from './function-configuration.ts';
import { type FunctionCatalogue, qualifiedArn } from './functions.ts';
import { createHostedFunction, type FunctionLimits } from './hosted-function.ts';
import type { LambdaMetrics } from './lambda-metrics.ts';

export interface FunctionHostOptions {
  readonly stateFolder: string;
  readonly projectRoot: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly logs: Logs;
  readonly roles: Roles;
  readonly lambdaMetrics: LambdaMetrics;
  readonly endpoint: () => string;
  readonly functions: FunctionCatalogue;
  readonly limits?: FunctionLimits;
  readonly runtimeFile: string;
  /** Settles when `runtimeFile` is there. */
  readonly runtimeReady: Promise<void>;
}

/** Hosts AWS::Lambda::Function. */
export function createFunctionHost(options: FunctionHostOptions): ResourceHost {
  // Each function awaits it; a failure must not count as unhandled before the first does.
  options.runtimeReady.catch(() => undefined);
  return {
    types: ['AWS::Lambda::Function'],
    async create(resource) {
      const configuration = readFunctionConfiguration(resource, options.place);
      if (resource.assetPath === undefined) {
        throw new Error(
          "its code is not an asset folder; bundle it with NodejsFunction or Code.fromAsset, and run 'npx cdk synth'",
        );
      }
      options.roles.requireTrust(configuration.roleArn, 'lambda.amazonaws.com');
      const codeFolder = await materialiseAsset(
        resource.assetPath,
        join(options.stateFolder, 'functions'),
        options.projectRoot,
      );
      await options.runtimeReady;
      options.functions.add(
        createHostedFunction({
          ...options,
          configuration,
          codeFolder,
          metrics: options.lambdaMetrics,
          limits: options.limits ?? {},
        }),
      );
      return { ref: configuration.name, attributes: { Arn: configuration.arn } };
    },
  };
}

const QualifierProperties = z.object({
  FunctionName: z.string(),
  /** An alias has a name; a version does not. */
  Name: z.string().optional(),
});

/** Hosts versions and aliases: on the laptop they all are the one code there is. */
export function createQualifierHost(functions: FunctionCatalogue): ResourceHost {
  return {
    types: ['AWS::Lambda::Version', 'AWS::Lambda::Alias'],
    async create({ properties }) {
      const { FunctionName, Name } = QualifierProperties.parse(properties);
      const { name, arn } = functions.find(FunctionName).configuration;
      const qualifier = Name ?? '1';
      functions.addQualifier(name, qualifier);
      const qualified = qualifiedArn(arn, qualifier);
      return {
        ref: qualified,
        attributes:
          Name === undefined
            ? { Version: qualifier, FunctionArn: qualified }
            : { AliasArn: qualified },
      };
    },
  };
}

const Destination = z.object({ Destination: z.string() }).optional();

const InvokeConfigProperties = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().optional(),
  MaximumEventAgeInSeconds: z.coerce.number().optional(),
  DestinationConfig: z.object({ OnSuccess: Destination, OnFailure: Destination }).optional(),
});

/** Hosts AWS::Lambda::EventInvokeConfig, which says how asynchronous events are delivered. */
export function createInvokeConfigHost(asyncInvocations: AsyncInvocations): ResourceHost {
  return {
    types: ['AWS::Lambda::EventInvokeConfig'],
    async create({ properties, defaultName }) {
      const parsed = InvokeConfigProperties.parse(properties);
      const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig } = parsed;
      const onSuccessArn = DestinationConfig?.OnSuccess?.Destination;
      const onFailureArn = DestinationConfig?.OnFailure?.Destination;
      asyncInvocations.configure(parsed.FunctionName, {
        ...(MaximumRetryAttempts !== undefined && { maximumRetryAttempts: MaximumRetryAttempts }),
        ...(MaximumEventAgeInSeconds !== undefined && {
          maximumAgeSeconds: MaximumEventAgeInSeconds,
        }),
        ...(onSuccessArn !== undefined && { onSuccessArn }),
        ...(onFailureArn !== undefined && { onFailureArn }),
      });
      return { ref: defaultName, attributes: {} };
    },
  };
}
