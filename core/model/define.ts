/** From a declaration to a definition: checked, and with every default filled in. */
import { problemsOf } from './check.ts';
import { completeChecks } from './data-checks.ts';
import { DEFAULT_PARAMETERS } from './default-parameters.ts';
import type { ModelDeclaration, ModelDefinition, Serving, Triggers } from './definition.ts';
import { completeMonitors } from './monitors.ts';
import { completeRetention } from './retention.ts';
import { completeRetraining } from './retraining.ts';
import { completeRollout } from './rollout.ts';
import { completeStream } from './stream.ts';
import { completeRolling } from './rolling-features.ts';
import { RELOAD_SECONDS } from './sizes.ts';

/** A declaration that cannot work; the message lists everything to mend. */
export class InvalidModelError extends Error {
  override readonly name = 'InvalidModelError';
  readonly problems: readonly string[];

  constructor(model: string, problems: readonly string[]) {
    super(
      `model '${model}' is not declared well:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Declares a model: the one place that knows it.
 *
 * @throws {InvalidModelError} naming every wrong part and what to write instead
 * @example
 * export const model = defineModel({ name: 'churn', problem: { ... }, ... });
 */
export function defineModel(declaration: ModelDeclaration): ModelDefinition {
  const problems = problemsOf(declaration);
  if (problems.length > 0) throw new InvalidModelError(declaration.name, problems);
  const { trainer, target } = declaration;
  return {
    name: declaration.name,
    problem: declaration.problem,
    data: { format: 'parquet', ...declaration.data },
    target: target.kind === 'binary' ? { threshold: 0.5, ...target } : target,
    ...completeRolling(declaration),
    derived: declaration.derived ?? {},
    trainer: {
      algorithm: trainer.algorithm,
      search: trainer.search ?? {},
      candidates: trainer.candidates ?? 1,
      searchBy: trainer.searchBy ?? 'random',
      seed: trainer.seed ?? 17,
      patience: trainer.patience ?? 30,
      job: trainer.job ?? { vcpus: 2, memoryMiB: 8192 },
      parameters: { ...DEFAULT_PARAMETERS, ...trainer.parameters },
    },
    split: declaration.split,
    checks: completeChecks(declaration.checks),
    baseline: { by: [], ...declaration.baseline },
    gate: { beatChampionBy: 0, ...declaration.gate },
    serving: withServingDefaults(declaration.serving, declaration.data.time),
    monitors: completeMonitors(declaration),
    ...loop(declaration),
    retention: completeRetention(declaration.retention),
    schedules: declaration.schedules ?? {},
    triggers: withTriggerDefaults(declaration.triggers),
  };
}

function loop(declaration: ModelDeclaration): Pick<ModelDefinition, 'retraining' | 'rollout'> {
  const rollout = completeRollout(declaration);
  return {
    ...(declaration.retraining && { retraining: completeRetraining(declaration) }),
    ...(rollout && { rollout }),
  };
}

function withServingDefaults(serving: Serving, time: string): ModelDefinition['serving'] {
  const { online, stream, batch, entity } = serving;
  return {
    unknownFeatures: serving.unknownFeatures ?? 'reject',
    ...(entity !== undefined && { entity }),
    ...(online && {
      online: {
        access: 'iam',
        memoryMiB: 1024,
        timeoutSeconds: 10,
        maximumLatencyMs: 500,
        maximumRows: 1000,
        reloadSeconds: RELOAD_SECONDS,
        corsOrigins: [],
        ...online,
      },
    }),
    ...(stream && { stream: completeStream(stream) }),
    ...(batch && {
      batch: {
        job: { vcpus: 1, memoryMiB: 2048 },
        holdsMiB: 1024,
        keys: [...new Set([time, ...(entity === undefined ? [] : [entity])])],
        rowsPerShard: 1_000_000,
        maximumRejectedShare: 0.05,
        maximumRowsChange: 0.5,
        ...batch,
      },
    }),
  };
}

function withTriggerDefaults({ upload }: Triggers = {}): ModelDefinition['triggers'] {
  return upload === undefined ? {} : { upload: { suffix: '', restHours: 1, ...upload } };
}
