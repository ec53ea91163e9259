import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folders each folder may import. Code points down; data flows through the stores. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  models: ['core/model'],
  lambdas: ['core', 'models'],
  batch: ['core', 'models'],
  infra: ['models', 'core/model'],
  local: [],
  cli: ['core', 'models', 'local'],
};

/** The storeys of core, lowest first: each may import itself and those below. */
const STOREYS = [
  'core/model',
  'core/cost',
  'core/aws',
  'core/alarms',
  'core/data',
  'core/onnx',
  'core/train',
  'core/registry',
  'core/runs',
  'core/serve',
  'core/score',
  'core/report',
  'core/erase',
  'core/monitor',
  'core/loop',
  'core/pipeline',
  'core/timeline',
  'core/backtest',
  'core/explain',
];

interface Import {
  readonly from: string;
  readonly to: string;
}

function importsOf(folder: string): Import[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
        ([, specifier = '']) => ({ from: path, to: normalize(join(dirname(path), specifier)) }),
      ),
    );
}

function lies(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

describe('the rooms of the house', () => {
  it.each(Object.entries(MAY_IMPORT))('%s imports only what it may', (folder, allowed) => {
    const violations = importsOf(folder).filter(
      ({ to }) => ![folder, ...allowed].some((place) => lies(to, place)),
    );

    expect(violations).toEqual([]);
  });

  it('core imports downwards only', () => {
    const violations = importsOf('core').filter(({ from, to }) => {
      const storey = STOREYS.findIndex((place) => lies(from, place));
      const below = STOREYS.findIndex((place) => lies(to, place));
      return storey >= 0 && below > storey;
    });

    expect(violations).toEqual([]);
  });

  it('every folder of core has a storey', () => {
    const folders = readdirSync('core', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `core/${entry.name}`);

    expect(STOREYS).toEqual(expect.arrayContaining(folders));
  });
});
