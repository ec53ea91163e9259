/** Where to look: the newest monitoring report of a model. */
import type { ObjectStore } from '../aws/objects.ts';
import { layout } from '../model/layout.ts';

const DAY_MS = 86_400_000;

/** Returns the key of the newest page of the day, or of the day before; undefined without one. */
export async function newestReport(
  objects: Pick<ObjectStore, 'list'>,
  model: string,
  at: Date,
): Promise<string | undefined> {
  const days = [at, new Date(at.getTime() - DAY_MS)].map((day) => day.toISOString().slice(0, 10));
  const found = await Promise.all(
    days.map((day) => objects.list(`${layout.reports(model)}${day}`)),
  );
  return found
    .flat()
    .map(({ key }) => key)
    .filter((key) => key.endsWith('/report.html'))
    .toSorted()
    .at(-1);
}
