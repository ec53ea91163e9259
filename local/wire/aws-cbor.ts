/**
 * awsJson 1.1 with CBOR in the place of JSON, which Java's clients of Kinesis speak unless they are
 * told otherwise. Times count milliseconds there: https://github.com/aws/aws-sdk-java-v2/issues/4661
 */
import { operationOf } from './aws-json.ts';
import { readContent } from './body.ts';
import { readCbor, writeCbor } from './cbor.ts';
import type { RpcProtocol } from './rpc.ts';
import { send } from './service.ts';

export const AWS_CBOR = 'application/x-amz-cbor-1.1';
const MILLISECOND = 1;

export const awsCbor: RpcProtocol = {
  async read(request) {
    const body = await readContent(request);
    return { operation: operationOf(request), input: readCbor(body, MILLISECOND) };
  },

  writeOutput(response, _exchange, output) {
    send(response, 200, { 'content-type': AWS_CBOR }, writeCbor(output, MILLISECOND));
  },

  writeError(response, _exchange, error) {
    const headers = { 'content-type': AWS_CBOR, 'x-amzn-errortype': error.code };
    const body = { __type: error.code, message: error.message, ...error.fields };
    send(response, error.status, headers, writeCbor(body, MILLISECOND));
  },
};
