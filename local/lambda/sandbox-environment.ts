/** The environment variables of a sandbox: those of Lambda, the template's, and nothing of the laptop's. */
import type { AccessKey } from '../credentials.ts';
import type { Place } from '../resource.ts';
import type { FunctionConfiguration } from './function-configuration.ts';

export interface SandboxEnvironmentOptions {
  readonly configuration: FunctionConfiguration;
  readonly place: Place;
  /** Of the function's role. */
  readonly accessKey: AccessKey;
  /** Where AWS is, for the function's clients. */
  readonly endpoint: string;
  readonly codeFolder: string;
  readonly runtimeApi: string;
  readonly logStream: string;
  /** Search path of this machine's programs. */
  readonly path: string;
}

/**
 * Returns the variables by name. The template cannot override what Lambda reserves.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function sandboxEnvironment(options: SandboxEnvironmentOptions): Record<string, string> {
  const { configuration, place } = options;
  const ownNodeOptions = configuration.environment['NODE_OPTIONS'];
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    LANG: 'en_US.UTF-8',
    PATH: options.path,
    TZ: ':UTC',
    ...configuration.environment,
    ...options.accessKey,
    AWS_DEFAULT_REGION: place.region,
    AWS_ENDPOINT_URL: options.endpoint,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMiB),
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_LAMBDA_RUNTIME_API: options.runtimeApi,
    AWS_REGION: place.region,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    LAMBDA_TASK_ROOT: options.codeFolder,
    NODE_OPTIONS: [heapLimits(configuration.memoryMiB), ownNodeOptions]
      .filter((part) => part !== undefined)
      .join(' '),
    _HANDLER: configuration.handler,
  };
}

/**
 * As AWS's runtime starts Node: a tenth of the memory for young objects, of which two halves take
 * turns, and the rest for old ones.
 */
function heapLimits(memoryMiB: number): string {
  const young = Math.floor(memoryMiB / 10);
  return `--max-semi-space-size=${Math.floor(young / 2)} --max-old-space-size=${memoryMiB - young}`;
}
