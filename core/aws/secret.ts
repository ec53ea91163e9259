/** A secret text of AWS Secrets Manager. */
import { signedRequest } from './signed-request.ts';

/** Returns the present value of a secret. @throws {Error} with what the service said */
export async function readSecret(id: string): Promise<string> {
  const { status, body } = await signedRequest({
    service: 'secretsmanager',
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: JSON.stringify({ SecretId: id }),
  });
  const answer: { readonly SecretString?: string; readonly message?: string } = JSON.parse(
    body.toString(),
  );
  if (status === 200 && answer.SecretString !== undefined) return answer.SecretString;
  throw new Error(`secret '${id}' cannot be read: ${answer.message ?? 'it holds no text'}`);
}
