/** The operation Invoke. */
import { AwsError } from '../wire/aws-error.ts';
import type { RestAnswer, RestRequest } from '../wire/rest-json.ts';
import { asAwsError, lookUp } from './api-errors.ts';
import type { AsyncInvocations } from './async-invocations.ts';
import type { CallResult, FunctionCatalogue } from './functions.ts';

export interface InvokeOptions {
  readonly functions: FunctionCatalogue;
  readonly asyncInvocations: AsyncInvocations;
}

/** How long printed lines may take from the sandbox's pipe; only who asks for the log waits. */
const LOG_SETTLES_MS = 50;

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export async function invoke(options: InvokeOptions, request: RestRequest): Promise<RestAnswer> {
  const { functions, asyncInvocations } = options;
  const qualifier = request.query.get('Qualifier') ?? undefined;
  const hosted = lookUp(functions, request.labels['FunctionName'] ?? '', qualifier);
  const payload = readPayload(request);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204, body: '' };
  try {
    if (type === 'Event') {
      asyncInvocations.accept(hosted.configuration.name, payload);
      return { status: 202, body: '' };
    }
    const result = await functions.call(hosted, payload);
    const wantsLog = request.headers['x-amz-log-type'] === 'Tail';
    return answer(result, wantsLog ? await logTail(result) : undefined);
  } catch (cause) {
    throw asAwsError(cause);
  }
}

function answer(result: CallResult, log: string | undefined): RestAnswer {
  return {
    status: 200,
    headers: {
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': '$LATEST',
      ...(result.failed && { 'x-amz-function-error': 'Unhandled' }),
      ...(log !== undefined && { 'x-amz-log-result': log }),
    },
    body: result.payload,
  };
}

async function logTail(result: CallResult): Promise<string> {
  await new Promise((resolve) => {
    setTimeout(resolve, LOG_SETTLES_MS);
  });
  return Buffer.from(result.logTail?.() ?? '').toString('base64');
}

function readPayload({ body }: RestRequest): string {
  const text = body.toString('utf8');
  if (text === '') return '{}';
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${cause instanceof Error ? cause.message : ''}`,
      { fields: { Type: 'User' } },
    );
  }
}
