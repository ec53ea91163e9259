import { expect, it } from 'vitest';
import { binTable } from '../../../../core/train/binning.ts';
import { TreeGrower } from '../../../../core/train/tree-grower.ts';

it('a leaf keeps enough rows where few of them carry most of the hessian', () => {
  // 20 rows at the end have a hessian of 100 and the other gradient; by hessian alone they look
  // like 690 rows, and splitting them off gains most.
  const rows = 1000;
  const values = Float32Array.from({ length: rows }, (_, row) => row);
  const table = binTable([values], [false], 255);
  const packing = { gradientLevels: 1, hessianLevels: 1, unit: 2 ** 20 };
  const packed = Float64Array.from(values, (row) =>
    row >= 980 ? 100 * packing.unit + 100 : -1 * packing.unit + 1,
  );
  const grower = new TreeGrower(table, {
    leaves: 10,
    minimumRows: 50,
    l2: 1,
    smoothing: 0,
    learningRate: 1,
    largestValue: 100,
  });

  grower.grow(packed, packing);

  const sizes = new Map<number, number>();
  for (const leaf of grower.leafOf) sizes.set(leaf, (sizes.get(leaf) ?? 0) + 1);
  expect(sizes.size).toBeGreaterThan(1);
  expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(50);
});
