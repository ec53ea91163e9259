/** A copy of the project that a rehearsal may change: models come, change and go. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCES = ['batch', 'core', 'infra', 'lambdas', 'models', 'cdk.json', 'package.json'];

export interface ProjectCopy {
  readonly folder: string;
  /** What a stage is called here: of its own, so that no rehearsal meets what another one left. */
  stageName(stage: string): string;
  addModel(name: string): void;
  removeModel(name: string): void;
  /** Gives the endpoint of the shipped model so much memory; undefined is what it declares. */
  setMemory(memoryMiB: number | undefined): void;
  /** Describes a stage otherwise than cdk.json does; without changes as it does. */
  bendStage(stage: string, changes?: Readonly<Record<string, unknown>>): void;
  remove(): void;
}

export function copyProject(root: string): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), 'tidemill-rehearsal-'));
  for (const source of SOURCES)
    cpSync(join(root, source), join(folder, source), { recursive: true });
  linkModules(join(root, 'node_modules'), join(folder, 'node_modules'));
  const declaration = join(folder, 'models/flight-delay/model.ts');
  const original = readFileSync(declaration, 'utf8');
  const settings = join(folder, 'cdk.json');
  const described: Settings = JSON.parse(readFileSync(settings, 'utf8'));
  const ending = Date.now().toString(36).slice(-4);
  const stageName = (stage: string): string => `${stage}${ending}`;
  const describeStages = (stages: Settings['context']['stages']): void => {
    const named = Object.entries(stages).map(([stage, is]) => [stageName(stage), is]);
    const context = { ...described.context, stages: Object.fromEntries(named) };
    writeFileSync(settings, JSON.stringify({ ...described, context }));
  };
  describeStages(described.context.stages);
  const modelFolder = (name: string): string => join(folder, 'models', name);
  return {
    folder,
    stageName,
    addModel(name) {
      mkdirSync(modelFolder(name));
      writeFileSync(
        join(modelFolder(name), 'model.ts'),
        `import { model as shipped } from '../flight-delay/model.ts';\n` +
          `export const model = { ...shipped, name: '${name}' };\n`,
      );
    },
    removeModel: (name) => rmSync(modelFolder(name), { recursive: true }),
    setMemory(memoryMiB) {
      const changed = original.replace(/online: \{[^}]*\}/, `online: { memoryMiB: ${memoryMiB} }`);
      if (changed === original) throw new Error(`${declaration} declares no 'online: { ... }'`);
      writeFileSync(declaration, memoryMiB === undefined ? original : changed);
    },
    bendStage(stage, changes = {}) {
      const { stages } = described.context;
      describeStages({ ...stages, [stage]: { ...stages[stage], ...changes } });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Of cdk.json. */
interface Settings {
  readonly context: { readonly stages: Readonly<Record<string, object>> };
}

/** Package by package, so that the copy has a cache of its own. */
function linkModules(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from).filter((name) => name !== '.cache')) {
    symlinkSync(join(from, entry), join(to, entry));
  }
}
