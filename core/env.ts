/** The environment that a function or job is started with. Read by entry points only. */

export class MissingEnvironmentError extends Error {
  override readonly name = 'MissingEnvironmentError';
  readonly variable: string;

  constructor(variable: string) {
    super(
      `environment variable ${variable} is not set; the stack sets it for functions and jobs, ` +
        `by hand: ${variable}=<value>`,
    );
    this.variable = variable;
  }
}

/** @throws {MissingEnvironmentError} if the variable is unset or empty */
export function requireEnv(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const value = environment[name];
  if (value === undefined || value === '') throw new MissingEnvironmentError(name);
  return value;
}
