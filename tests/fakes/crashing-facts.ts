/** A fact table whose process dies after some writes. */
import type { FactTable } from '../../core/aws/facts.ts';

/**
 * @param after writes that succeed
 * @param isWritten whether the next one still reaches the table, though nobody hears of it
 */
export function crashing(
  facts: FactTable,
  { after, isWritten }: { readonly after: number; readonly isWritten: boolean },
): FactTable {
  let left = after;
  const write = async (work: () => Promise<boolean>): Promise<boolean> => {
    if (left < 0) throw new Error('the process is dead');
    if (left-- > 0) return work();
    if (isWritten) await work();
    throw new Error('the process died');
  };
  return {
    ...facts,
    putIfAbsent: (fact) => write(() => facts.putIfAbsent(fact)),
    replace: (fact, expected) => write(() => facts.replace(fact, expected)),
  };
}
