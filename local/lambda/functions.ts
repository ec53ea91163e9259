/** All functions of the region, by name, ARN, version or alias. */
import { randomUUID } from 'node:crypto';
import type { Functions, Invocation } from '../services.ts';
import { type Call, type Outcome, PAYLOAD_LIMIT_BYTES } from './call.ts';
import { FunctionNotFoundError, PayloadTooLargeError } from './errors.ts';
import type { HostedFunction } from './hosted-function.ts';

export interface FunctionCatalogue extends Functions {
  add(hosted: HostedFunction): void;
  /** Makes a version or an alias of a function known. */
  addQualifier(functionName: string, qualifier: string): void;
  /** @throws {FunctionNotFoundError} if function, version or alias is not there */
  find(nameOrArn: string, qualifier?: string): HostedFunction;
  list(): readonly HostedFunction[];
  /**
   * Calls a function and waits for what comes of it.
   *
   * @throws {PayloadTooLargeError} if the event is larger than 6 MB
   * @throws {ThrottledError} if all its sandboxes stayed busy
   */
  call(hosted: HostedFunction, payload: string, rest?: Partial<Call>): Promise<CallResult>;
  stop(): Promise<void>;
}

export interface CallResult extends Outcome {
  readonly requestId: string;
}

/** Creates a catalogue without functions. */
export function createFunctionCatalogue(): FunctionCatalogue {
  const functions = new Map<string, HostedFunction>();
  const qualifiers = new Map<string, Set<string>>();

  const catalogue: FunctionCatalogue = {
    add(hosted) {
      const { name } = hosted.configuration;
      functions.set(name, hosted);
      qualifiers.set(name, new Set(['$LATEST']));
    },
    addQualifier: (name, qualifier) => void qualifiers.get(name)?.add(qualifier),
    find(nameOrArn, qualifier) {
      const [name, ownQualifier = '$LATEST'] = splitName(nameOrArn);
      const hosted = functions.get(name);
      if (hosted === undefined || !qualifiers.get(name)?.has(qualifier ?? ownQualifier)) {
        throw new FunctionNotFoundError(nameOrArn, [...functions.keys()]);
      }
      return hosted;
    },
    list: () => [...functions.values()],
    async call(hosted, payload, rest = {}) {
      if (Buffer.byteLength(payload) > PAYLOAD_LIMIT_BYTES) {
        throw new PayloadTooLargeError(PAYLOAD_LIMIT_BYTES);
      }
      const requestId = rest.requestId ?? randomUUID();
      const functionArn = hosted.configuration.arn;
      const outcome = await hosted.run({ functionArn, ...rest, payload, requestId });
      return { ...outcome, requestId };
    },
    async invoke(nameOrArn, payload): Promise<Invocation> {
      const result = await catalogue.call(catalogue.find(nameOrArn), payload, {
        functionArn: nameOrArn,
      });
      return {
        payload: result.payload,
        requestId: result.requestId,
        ...(result.failed && { functionError: 'Unhandled' }),
      };
    },
    async stop() {
      await Promise.all([...functions.values()].map((hosted) => hosted.stop()));
    },
  };
  return catalogue;
}

/** Returns the ARN of a version or alias of a function; of the function itself without one. */
export function qualifiedArn(functionArn: string, qualifier: string | undefined): string {
  return qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`;
}

/**
 * Splits what Lambda takes for a function's name: `name`, `name:alias`,
 * `123456789012:function:name` or `arn:aws:lambda:region:account:function:name:alias`.
 */
function splitName(nameOrArn: string): [name: string, qualifier?: string] {
  const parts = nameOrArn.split(':');
  const marker = parts.indexOf('function');
  const [name = '', qualifier] = marker > 0 ? parts.slice(marker + 1) : parts;
  return qualifier === undefined ? [name] : [name, qualifier];
}
