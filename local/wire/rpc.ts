/** Services whose requests name an operation, in whichever of AWS's such protocols. */
import { randomUUID } from 'node:crypto';
import { AWS_CBOR, awsCbor } from './aws-cbor.ts';
import { awsJson } from './aws-json.ts';
import { AwsError, toAwsError } from './aws-error.ts';
import { awsQuery } from './aws-query.ts';
import type { Input, Operations, Output } from './operations.ts';
import { rpcCbor } from './rpc-cbor.ts';
import { isAbandoned, type Service, type WireRequest, type WireResponse } from './service.ts';

/** One way of carrying operations over HTTP. */
export interface RpcProtocol {
  read(request: WireRequest): Promise<{ operation: string; input: Input }>;
  writeOutput(response: WireResponse, exchange: Exchange, output: Output): void;
  writeError(response: WireResponse, exchange: Exchange, error: AwsError): void;
}

/** What the protocols need to know about a request to answer it. */
export interface Exchange {
  readonly request: WireRequest;
  readonly operation: string;
  readonly requestId: string;
  readonly xmlNamespace: string;
}

export interface RpcServiceOptions {
  readonly signingName: string;
  readonly operations: Operations;
  /**
   * Namespace of answers in the query protocol.
   *
   * @default no namespace; fine for services that have no query protocol
   */
  readonly xmlNamespace?: string;
}

/**
 * Serves a table of operations as awsJson 1.0 and 1.1, the same in CBOR, awsQuery and rpc-v2-cbor
 * at once: clients of different languages and ages choose differently for the same service.
 */
export function createRpcService(options: RpcServiceOptions): Service {
  const { signingName, operations, xmlNamespace = '' } = options;

  return {
    signingName,
    async handle(request, response, caller) {
      const protocol = protocolOf(request);
      let exchange: Exchange = { request, operation: '', requestId: randomUUID(), xmlNamespace };
      response.setHeader('x-amzn-requestid', exchange.requestId);
      try {
        const { operation, input } = await protocol.read(request);
        exchange = { ...exchange, operation };
        const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
        if (!run) throw unknownOperation(signingName, operation, operations);
        caller.require(operation, input);
        protocol.writeOutput(response, exchange, await run(input, caller));
      } catch (cause) {
        if (isAbandoned(request, response)) throw cause;
        const error = toAwsError(cause, `${signingName} ${exchange.operation}`);
        protocol.writeError(response, exchange, error);
      }
    },
  };
}

function protocolOf(request: WireRequest): RpcProtocol {
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return rpcCbor;
  if (request.headers['content-type'] === AWS_CBOR) return awsCbor;
  if (request.headers['x-amz-target'] !== undefined) return awsJson;
  return awsQuery;
}

function unknownOperation(service: string, operation: string, known: Operations): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `the local ${service} has no operation '${operation}'; ` +
      `it has: ${Object.keys(known).toSorted().join(', ')}`,
    { queryCode: 'InvalidAction' },
  );
}
