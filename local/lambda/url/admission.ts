/**
 * Who may call a Function URL.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
import type { Principal } from '../../iam/principal.ts';
import type { UrlGate } from '../../services.ts';
import { readCredential } from '../../wire/credential.ts';
import { isSignedWith, type SignedRequest } from '../../wire/signature.ts';
import { errorResponse, type HttpResponse } from './http-response.ts';

export interface AdmissionOptions {
  readonly authType: 'NONE' | 'AWS_IAM';
  /** Of the function or alias that is called. */
  readonly functionArn: string;
  readonly gate: UrlGate;
}

/** Returns what a request is refused with, or undefined where it may pass. */
export type Admission = (request: SignedRequest) => HttpResponse | undefined;

const WRONG_SIGNATURE =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const UNKNOWN_KEY = 'The security token included in the request is invalid.';

export function createAdmission({ authType, functionArn, gate }: AdmissionOptions): Admission {
  const context = { 'lambda:functionurlauthtype': [authType] };
  const viaUrl = { 'lambda:invokedviafunctionurl': ['true'] };
  const resources = [functionArn];

  const admit = (principal: Principal): HttpResponse | undefined => {
    try {
      gate.require(principal, 'lambda', {
        action: 'lambda:InvokeFunctionUrl',
        resources,
        context,
      });
      gate.require(principal, 'lambda', {
        action: 'lambda:InvokeFunction',
        resources,
        context: viaUrl,
      });
      return undefined;
    } catch {
      return errorResponse(403, 'Forbidden');
    }
  };

  return (request) => {
    if (authType === 'NONE') return admit({ kind: 'anonymous' });
    const accessKeyId = readCredential({
      url: request.target,
      headers: request.headers,
    })?.accessKeyId;
    const anyone: Principal = { kind: gate.admitsUnsigned ? 'administrator' : 'anonymous' };
    if (accessKeyId === undefined) return admit(anyone);
    const signer = gate.signerOf(accessKeyId);
    if (signer === undefined) {
      return gate.admitsUnsigned ? admit(anyone) : errorResponse(403, UNKNOWN_KEY);
    }
    if (!isSignedWith(signer.secret, request)) return errorResponse(403, WRONG_SIGNATURE);
    return admit(signer.principal);
  };
}
