/** The time of a process whose region lives at another time than the machine. */

/** Milliseconds since 1970; NaN while the clocks are those of the machine. */
let now = NaN;

/**
 * Lets every clock of this process stand at a moment, until it is called again with a later one.
 * In a region whose time stands still while anything is under way, that is what a machine's clock
 * would show.
 */
export function standStillAt(moment: number): void {
  const first = Number.isNaN(now);
  now = moment;
  if (first) stopClocks(moment);
}

function stopClocks(since: number): void {
  const MachineDate = Date;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [now] : parts, newTarget),
    apply: () => new MachineDate(now).toString(),
  });
  MachineDate.now = () => now;
  performance.now = () => now - since;
}
