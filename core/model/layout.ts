/** Keys of the bucket, readable by a person. Times in keys are UTC. */

export const layout = {
  datasets: (model: string) => `datasets/${model}/`,
  runs: (model: string) => `runs/${model}/`,
  run: (model: string, runId: string) => `${layout.runs(model)}${runId}/`,
  artifact: (model: string, runId: string, name: string) =>
    `${layout.run(model, runId)}artifacts/${name}`,
  versions: (model: string) => `versions/${model}/`,
  version: (model: string, version: number) => `${layout.versions(model)}${version}/`,
  modelFile: (model: string, version: number) => `${layout.version(model, version)}model.onnx`,
  profile: (model: string, version: number) => `${layout.version(model, version)}profile.json`,
  predictions: (model: string) => `predictions/${model}/`,
  predictionsOf: (model: string, day: string) => `${layout.predictions(model)}${partition(day)}`,
  /** Records that the predictions stream did not take. */
  unsent: (model: string) => `unsent/${model}/`,
  /** Events that could not be answered. */
  quarantine: (model: string) => `quarantine/${model}/`,
  quarantineOf: (model: string, day: string) => `${layout.quarantine(model)}${partition(day)}`,
  labels: (model: string) => `labels/${model}/`,
  labelsOf: (model: string, day: string) => `${layout.labels(model)}${partition(day)}`,
  reports: (model: string) => `reports/${model}/`,
  report: (model: string, window: string) => `${layout.reports(model)}${window}/`,
} as const;

function partition(day: string): string {
  return `dt=${day}/`;
}

/** Returns the UTC day of a moment, as partitions name it: '2001-05-03'. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** Returns the UTC days that `[from, to)` touches, in order. */
export function daysBetween(from: Date, to: Date): string[] {
  const days: string[] = [];
  if (from >= to) return days;
  for (let day = new Date(dayOf(from)); day < to; day = new Date(day.getTime() + 86_400_000)) {
    days.push(dayOf(day));
  }
  return days;
}
