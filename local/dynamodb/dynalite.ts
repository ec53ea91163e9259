/**
 * Runs operations of dynalite in this process: it has a folder of actions, a folder of validations
 * and a LevelDB store; its HTTP server is left out.
 */
import { createRequire } from 'node:module';
import { AwsError } from '../wire/aws-error.ts';
import { type Input, isStructure, type Output } from '../wire/operations.ts';

/** Runs one operation; rejects with what AWS would say. */
export type Dynalite = (operation: string, input: Input) => Promise<Output>;

type Callback = (error: unknown, output?: Output) => void;
type Action = (store: unknown, input: unknown, callback: Callback) => void;

interface Validation {
  readonly types: unknown;
  readonly custom?: unknown;
}

interface Validator {
  checkTypes(input: unknown, types: unknown): unknown;
  checkValidations(input: unknown, types: unknown, custom: unknown, store: unknown): void;
}

const require = createRequire(import.meta.url);

/** @param store dynalite's own LevelDB store */
export function createDynalite(store: unknown): Dynalite {
  const validator: Validator = require('dynalite/validations/index.js');

  return (operation, input) =>
    new Promise((resolve, reject) => {
      const fail = (cause: unknown): void => reject(readError(cause));
      try {
        const file = operation.charAt(0).toLowerCase() + operation.slice(1);
        const action: Action = require(`dynalite/actions/${file}.js`);
        const { types, custom }: Validation = require(`dynalite/validations/${file}.js`);
        // A copy, because members that dynalite does not know are deleted from it.
        const checked = validator.checkTypes({ ...input }, types);
        validator.checkValidations(checked, types, custom, store);
        action(store, checked, (error, output) => {
          if (error) fail(error);
          else resolve(output ?? {});
        });
      } catch (cause) {
        fail(cause);
      }
    });
}

/** Its errors carry the body and the status of AWS's answer. */
function readError(cause: unknown): unknown {
  if (!(cause instanceof Error) || !('body' in cause) || !isStructure(cause.body)) return cause;
  const { __type: type, message, Message, ...fields } = cause.body;
  const status = 'statusCode' in cause ? Number(cause.statusCode) : 400;
  return new AwsError(String(type), text(message ?? Message), { status, fields });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
