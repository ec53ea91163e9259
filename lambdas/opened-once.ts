/** A handler that the first event opens and that the sandbox then keeps. */

/** A failure to open fails the event and is not kept, so the next event tries again. */
export function openedOnce<Event, Result>(
  open: () => Promise<(event: Event) => Promise<Result>>,
): (event: Event) => Promise<Result> {
  let opened: ReturnType<typeof open> | undefined;
  return async (event) => {
    opened ??= open().catch((cause: unknown) => {
      opened = undefined;
      throw cause;
    });
    return (await opened)(event);
  };
}
