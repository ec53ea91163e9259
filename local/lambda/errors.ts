/** All sandboxes that the function may have stayed busy; the call did not reach it. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError';

  constructor(functionName: string) {
    super(`Rate Exceeded: all sandboxes of '${functionName}' are busy; call again later`);
  }
}

/** No function, version or alias has that name. */
export class FunctionNotFoundError extends Error {
  override readonly name = 'FunctionNotFoundError';

  constructor(nameOrArn: string, known: readonly string[]) {
    super(`Function not found: ${nameOrArn} (there are: ${known.join(', ') || 'none'})`);
  }
}

/** The event is larger than Lambda takes. */
export class PayloadTooLargeError extends Error {
  override readonly name = 'PayloadTooLargeError';

  constructor(limitBytes: number) {
    super(`Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`);
  }
}
