/** A handler that the first event opens and that the sandbox then keeps. */

/**
 * A failure to open fails the event and is not kept, so the next event tries again.
 *
 * @param options.early opens at once, while Lambda still starts the sandbox. @default with the first event
 */
export function openedOnce<Event, Result>(
  open: () => Promise<(event: Event) => Promise<Result>>,
  { early = false }: { readonly early?: boolean } = {},
): (event: Event) => Promise<Result> {
  let opened: ReturnType<typeof open> | undefined;
  const begin = (): ReturnType<typeof open> =>
    (opened ??= open().catch((cause: unknown) => {
      opened = undefined;
      throw cause;
    }));
  if (early) begin().catch(() => {});
  return async (event) => (await begin())(event);
}
