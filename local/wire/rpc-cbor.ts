/**
 * Smithy RPC v2 CBOR: the path names the operation, bodies are CBOR.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
import { Encoder } from 'cbor-x';
import { AwsError } from './aws-error.ts';
import { queryErrorHeader } from './aws-json.ts';
import { readContent } from './body.ts';
import { type Input, isStructure } from './operations.ts';
import type { RpcProtocol } from './rpc.ts';
import { send } from './service.ts';

// Plain CBOR maps, not cbor-x's own record extension; Dates become tag 1 as the protocol asks.
const codec = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });
const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

export const rpcCbor: RpcProtocol = {
  async read(request) {
    const body = await readContent(request);
    const operation = /\/operation\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    return { operation, input: decode(body) };
  },

  writeOutput(response, _exchange, output) {
    send(response, 200, HEADERS, codec.encode(withoutUndefined(output)));
  },

  writeError(response, { xmlNamespace }, error) {
    const headers = { ...HEADERS, ...(xmlNamespace !== '' && queryErrorHeader(error)) };
    const body = { __type: error.code, message: error.message, ...error.fields };
    send(response, error.status, headers, codec.encode(withoutUndefined(body)));
  },
};

function decode(body: Buffer): Input {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = codec.decode(body);
  } catch (cause) {
    throw new AwsError('SerializationException', `the body is not CBOR: ${String(cause)}`);
  }
  if (isStructure(value)) return value;
  throw new AwsError('SerializationException', 'the body must be a CBOR map');
}

/** CBOR has a value for undefined, which clients would take for a member. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value instanceof Map) return withoutUndefined(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [name, withoutUndefined(item)]),
  );
}
