/** What `cdk synth` left in its output folder. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { type CreationLines, readCreationLines } from './creation-lines.ts';
import { TemplateError } from './errors.ts';
import { Template } from './template.ts';

const Manifest = z.object({ artifacts: z.record(z.string(), z.unknown()) });

const StackArtifact = z.object({
  type: z.literal('aws:cloudformation:stack'),
  environment: z.string().default(''),
  additionalMetadataFile: z.string().optional(),
  properties: z.object({ templateFile: z.string(), stackName: z.string().optional() }),
});

type StackArtifact = z.output<typeof StackArtifact>;

export interface CloudAssembly {
  /** Absolute path of the folder; asset paths in the template are relative to it. */
  readonly folder: string;
  readonly stackName: string;
  readonly template: Template;
  /** Absent where the app was synthesized without stack traces. */
  readonly madeAt?: CreationLines;
  /** Account and region that the app pinned; absent where it left them to the deployment. */
  readonly account?: string;
  readonly region?: string;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TemplateError(`cannot read ${path}; run: npx cdk synth`, { cause });
  }
}

/**
 * Reads the one stack of a synthesized CDK app.
 *
 * @param folder what `cdk synth` wrote, usually `cdk.out`
 * @throws {TemplateError} if the folder holds no stack, or more than one
 */
export async function readCloudAssembly(folder: string): Promise<CloudAssembly> {
  const root = resolve(folder);
  const [id, artifact] = onlyStack(
    root,
    Manifest.parse(await readJson(join(root, 'manifest.json'))),
  );
  const { templateFile, stackName } = artifact.properties;
  const metadata = artifact.additionalMetadataFile;
  return {
    folder: root,
    stackName: stackName ?? id,
    template: Template.parse(await readJson(join(root, templateFile))),
    ...(metadata !== undefined && {
      madeAt: readCreationLines(await readJson(join(root, metadata))),
    }),
    ...pinnedPlace(artifact.environment),
  };
}

function onlyStack(root: string, manifest: z.output<typeof Manifest>): [string, StackArtifact] {
  const stacks = Object.entries(manifest.artifacts).flatMap(([id, artifact]) => {
    const stack = StackArtifact.safeParse(artifact);
    return stack.success ? [[id, stack.data] satisfies [string, StackArtifact]] : [];
  });
  const [only] = stacks;
  if (only !== undefined && stacks.length === 1) return only;
  const names = stacks.map(([id]) => id).join(', ') || 'none';
  throw new TemplateError(
    `${root} holds ${stacks.length} stacks (${names}) and the region hosts one; ` +
      'point it at the output of an app with a single stack',
  );
}

/** An environment reads `aws://123456789012/eu-west-1`, or `aws://unknown-account/unknown-region`. */
function pinnedPlace(environment: string): Pick<CloudAssembly, 'account' | 'region'> {
  const [account, region] = environment
    .replace('aws://', '')
    .split('/')
    .map((part) => (part === '' || part.startsWith('unknown-') ? undefined : part));
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}
