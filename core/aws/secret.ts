/** A secret text of AWS Secrets Manager. */

/** Returns its present value. The client is loaded with the first use, since most models have no secret. */
export async function readSecret(id: string): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: id }),
  );
  if (SecretString === undefined) throw new Error(`secret '${id}' holds no text`);
  return SecretString;
}
