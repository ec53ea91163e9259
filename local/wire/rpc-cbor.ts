/**
 * Smithy RPC v2 CBOR: the path names the operation, bodies are CBOR.
 * https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
import { queryErrorHeader } from './aws-json.ts';
import { readContent } from './body.ts';
import { readCbor, writeCbor } from './cbor.ts';
import type { RpcProtocol } from './rpc.ts';
import { send } from './service.ts';

const HEADERS = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
const SECOND_MS = 1000;

export const rpcCbor: RpcProtocol = {
  async read(request) {
    const body = await readContent(request);
    const operation = /\/operation\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    return { operation, input: readCbor(body, SECOND_MS) };
  },

  writeOutput(response, _exchange, output) {
    send(response, 200, HEADERS, writeCbor(output, SECOND_MS));
  },

  writeError(response, { xmlNamespace }, error) {
    const headers = { ...HEADERS, ...(xmlNamespace !== '' && queryErrorHeader(error)) };
    const body = { __type: error.code, message: error.message, ...error.fields };
    send(response, error.status, headers, writeCbor(body, SECOND_MS));
  },
};
