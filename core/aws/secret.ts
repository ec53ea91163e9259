/** A secret text of AWS Secrets Manager. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsClient } from 'aws4fetch';

/**
 * Returns the present value of a secret. One signed request and not one more client, whose code
 * every function would have to load before its first answer.
 *
 * @throws {Error} with what the service said
 */
export async function readSecret(id: string): Promise<string> {
  // Any client of the SDK knows how to find the credentials and the region of this process.
  const { config } = new DynamoDBClient();
  const [{ accessKeyId, secretAccessKey, sessionToken }, region] = await Promise.all([
    config.credentials(),
    config.region(),
  ]);
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: 'secretsmanager',
    region,
  });
  const endpoint =
    process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ??
    process.env['AWS_ENDPOINT_URL'] ??
    `https://secretsmanager.${region}.amazonaws.com`;
  const response = await client.fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body: JSON.stringify({ SecretId: id }),
  });
  const answer: { readonly SecretString?: string; readonly message?: string } = JSON.parse(
    await response.text(),
  );
  if (!response.ok || answer.SecretString === undefined) {
    throw new Error(`secret '${id}' cannot be read: ${answer.message ?? 'it holds no text'}`);
  }
  return answer.SecretString;
}
