import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { dynamoFacts } from '../../core/aws/dynamodb-facts.ts';
import { s3Objects } from '../../core/aws/s3-objects.ts';
import type { BindingHints } from '../../core/onnx/bind.ts';
import { createRegistry } from '../../core/registry/registry.ts';
import { registerFile } from '../../core/registry/register-file.ts';
import { loadModel } from '../../models/index.ts';
import { openTarget } from '../target.ts';
import { terminal } from '../terminal.ts';
import { stageOption, type StageChoice } from './options.ts';

interface RegisterChoice extends StageChoice {
  readonly file: string;
  readonly input: NonNullable<BindingHints['inputs']>;
  readonly output?: NonNullable<BindingHints['output']>;
}

export function register(program: Command): void {
  program
    .command('register <model>')
    .description('make a version of an ONNX file that was trained elsewhere')
    .requiredOption('--file <file>', 'the ONNX file')
    .option('--input <name=features>', 'features of an input, by comma, in order', toInput, {})
    .option('--output <name[:column]>', 'output with the probability or value', toOutput)
    .addOption(stageOption())
    .action(async (model: string, { file, input, output, ...choice }: RegisterChoice) => {
      const definition = await loadModel(model);
      const bytes = await readFile(file);
      const target = await openTarget(choice);
      const { version, binding } = await registerFile(
        {
          registry: createRegistry(dynamoFacts(target.output('TableName'))),
          objects: s3Objects(target.output('BucketName')),
        },
        definition,
        { bytes, at: new Date(), hints: { inputs: input, ...(output && { output }) } },
      );
      for (const { name, datatype, features } of binding.inputs) {
        terminal.say(`  input ${name} (${datatype}): ${features.join(', ')}`);
      }
      terminal.say(`  output ${binding.output.name}, column ${binding.output.column}`);
      terminal.say(
        `${model}/${version}; serve it with: tidemill promote ${model} champion ${version} --reason <why>`,
      );
    });
}

function toInput(text: string, known: BindingHints['inputs']): BindingHints['inputs'] {
  const [, name = '', features = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === '') {
    throw new RangeError(`input '${text}' must be a name and features; for example X=price,rooms`);
  }
  return { ...known, [name]: features.split(',').map((feature) => feature.trim()) };
}

function toOutput(text: string): BindingHints['output'] {
  const [, name = text, column] = /^(.*):(\d+)$/.exec(text) ?? [];
  return { name, ...(column !== undefined && { column: Number(column) }) };
}
