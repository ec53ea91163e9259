/** Which copy of the stack this is, and what follows from that. */
import { RemovalPolicy } from 'aws-cdk-lib';

/** `prod` keeps its data when the stack goes; every other stage goes with its stack. */
export interface Stage {
  readonly name: string;
  readonly keepsData: boolean;
  readonly removal: RemovalPolicy;
}

/** @throws {Error} if the name cannot be part of every resource name */
export function stageOf(name: unknown): Stage {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]{0,9}$/.test(name)) {
    throw new Error(
      `stage '${String(name)}' must be at most 10 lower case letters and digits, letter first; ` +
        `for example: cdk deploy -c stage=prod`,
    );
  }
  const keepsData = name === 'prod';
  return { name, keepsData, removal: keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY };
}
