/** The time of a process whose region lives at another time than the machine. */

/**
 * Lets every clock of this process stand at a moment, until it is called again with a later one.
 * In a region whose time stands still while anything is under way, that is what a machine's clock
 * would show.
 */
export function standStillAt(moment: number): void {
  if (now === undefined) stopClocks();
  now = moment;
}

let now: number | undefined;

function stopClocks(): void {
  const MachineDate = Date;
  const still = (): number => now ?? MachineDate.now();
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, parts, newTarget) =>
      Reflect.construct(target, parts.length === 0 ? [still()] : parts, newTarget),
    apply: () => new MachineDate(still()).toString(),
  });
  MachineDate.now = still;
  const since = still();
  performance.now = () => still() - since;
}
