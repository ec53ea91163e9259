/** AWS::Lambda::Permission: one statement of a function's own policy. */
import * as z from 'zod';
import { arn, type Place } from '../resource.ts';
import { compilePolicy, type Origin, type Statement } from './statement.ts';

const Permission = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
  FunctionUrlAuthType: z.string().optional(),
  InvokedViaFunctionUrl: z.boolean().optional(),
});

/** Returns the statement, and the ARN of the function, version or alias that it is about. */
export function permissionStatement(
  properties: Readonly<Record<string, unknown>>,
  origin: Origin,
  place: Place,
): { readonly functionArn: string; readonly statement: Statement } {
  const { Action, FunctionName, Principal, ...limits } = Permission.parse(properties);
  const functionArn = FunctionName.startsWith('arn:')
    ? FunctionName
    : arn(place, 'lambda', `function:${FunctionName}`);
  const [statement] = compilePolicy(
    {
      Statement: {
        Effect: 'Allow',
        Principal: principalOf(Principal),
        Action,
        Resource: functionArn,
        Condition: conditionsOf(limits),
      },
    },
    origin,
  );
  if (statement === undefined) throw new Error(`no statement came of permission ${origin.path}`);
  return { functionArn, statement };
}

function principalOf(name: string): '*' | Record<string, string> {
  if (name === '*') return '*';
  return name.endsWith('.amazonaws.com') ? { Service: name } : { AWS: name };
}

function conditionsOf(
  limits: Omit<z.output<typeof Permission>, 'Action' | 'FunctionName' | 'Principal'>,
): Record<string, Record<string, string>> {
  const equal = {
    ...(limits.SourceAccount !== undefined && { 'aws:SourceAccount': limits.SourceAccount }),
    ...(limits.FunctionUrlAuthType !== undefined && {
      'lambda:FunctionUrlAuthType': limits.FunctionUrlAuthType,
    }),
  };
  return {
    ...(Object.keys(equal).length > 0 && { StringEquals: equal }),
    ...(limits.SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': limits.SourceArn } }),
    ...(limits.InvokedViaFunctionUrl !== undefined && {
      Bool: { 'lambda:InvokedViaFunctionUrl': String(limits.InvokedViaFunctionUrl) },
    }),
  };
}
