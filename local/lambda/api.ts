/** Lambda's API, as far as the stack's users need it. */
import type { Input, Output } from '../wire/operations.ts';
import { createRestService, type RestRoute } from '../wire/rest-json.ts';
import type { Service } from '../wire/service.ts';
import { lookUp, notFound } from './api-errors.ts';
import type { FunctionConfiguration } from './function-configuration.ts';
import { qualifiedArn } from './functions.ts';
import { invoke, type InvokeOptions } from './invoke-api.ts';

/** An event source mapping as the API shows it. */
export interface MappingDescription {
  readonly UUID: string;
  readonly FunctionArn: string;
  readonly EventSourceArn: string;
  readonly [member: string]: unknown;
}

/** A Function URL as the API shows it. */
export interface UrlDescription {
  readonly FunctionArn: string;
  readonly FunctionUrl: string;
  readonly AuthType: string;
  readonly [member: string]: unknown;
}

export interface LambdaApiOptions extends InvokeOptions {
  readonly mappings: () => readonly MappingDescription[];
  readonly urls: () => readonly UrlDescription[];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
export function createLambdaApi(options: LambdaApiOptions): Service {
  const { functions } = options;
  const find = ({ FunctionName }: Input): FunctionConfiguration =>
    lookUp(functions, String(FunctionName)).configuration;

  return createRestService('lambda', [
    {
      name: 'Invoke',
      method: 'POST',
      path: '/2015-03-31/functions/{FunctionName}/invocations',
      raw: (request) => invoke(options, request),
    },
    get('ListFunctions', '/2015-03-31/functions', () => ({
      Functions: functions.list().map(({ configuration }) => describe(configuration)),
    })),
    get('GetFunctionConfiguration', '/2015-03-31/functions/{FunctionName}/configuration', (input) =>
      describe(find(input)),
    ),
    get('GetFunction', '/2015-03-31/functions/{FunctionName}', (input) => ({
      Configuration: describe(find(input)),
      Code: { RepositoryType: 'S3' },
      Tags: new Map(),
    })),
    get('GetFunctionUrlConfig', '/2021-10-31/functions/{FunctionName}/url', (input) => {
      const { arn, name } = find(input);
      const qualifier = input['Qualifier'];
      const wanted = qualifiedArn(arn, typeof qualifier === 'string' ? qualifier : undefined);
      const found = options.urls().find(({ FunctionArn }) => FunctionArn === wanted);
      if (found !== undefined) return found;
      throw notFound(`The function '${name}' has no URL${noteOf(options.urls(), arn)}`);
    }),
    get('ListEventSourceMappings', '/2015-03-31/event-source-mappings', (input) => {
      const functionArn = input['FunctionName'] === undefined ? undefined : find(input).arn;
      const isOf = (arn: string) => arn === functionArn || arn.startsWith(`${functionArn}:`);
      const sourceArn = input['EventSourceArn'];
      return {
        EventSourceMappings: options
          .mappings()
          .filter((mapping) => functionArn === undefined || isOf(mapping.FunctionArn))
          .filter((mapping) => sourceArn === undefined || mapping.EventSourceArn === sourceArn),
      };
    }),
    get('GetEventSourceMapping', '/2015-03-31/event-source-mappings/{UUID}', ({ UUID }) => {
      const found = options.mappings().find((mapping) => mapping.UUID === UUID);
      if (found !== undefined) return found;
      throw notFound(`The resource you requested does not exist: ${String(UUID)}`);
    }),
  ]);
}

/** An alias may have the URL that somebody misses. */
function noteOf(urls: readonly UrlDescription[], arn: string): string {
  const aliases = urls
    .filter(({ FunctionArn }) => FunctionArn.startsWith(`${arn}:`))
    .map(({ FunctionArn }) => FunctionArn.split(':').at(-1));
  return aliases.length === 0 ? '' : `; its qualifier ${aliases.join(', ')} has`;
}

function get(name: string, path: string, operation: (input: Input) => Output): RestRoute {
  return { name, method: 'GET', path, operation: async (input) => operation(input) };
}

function describe(configuration: FunctionConfiguration): Record<string, unknown> {
  return {
    FunctionName: configuration.name,
    FunctionArn: configuration.arn,
    Description: configuration.description,
    Runtime: configuration.runtime,
    Handler: configuration.handler,
    Role: configuration.roleArn,
    MemorySize: configuration.memoryMiB,
    Timeout: configuration.timeoutSeconds,
    Environment: { Variables: new Map(Object.entries(configuration.environment)) },
    LoggingConfig: { LogFormat: 'Text', LogGroup: configuration.logGroup },
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Version: '$LATEST',
    ...(configuration.deadLetterArn !== undefined && {
      DeadLetterConfig: { TargetArn: configuration.deadLetterArn },
    }),
  };
}
