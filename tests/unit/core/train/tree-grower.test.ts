import { expect, it } from 'vitest';
import { binsOf, boundariesOf } from '../../../../core/train/binning.ts';
import { Crew } from '../../../../core/train/engine/crew.ts';
import { Records } from '../../../../core/train/engine/records.ts';
import { TreeGrower } from '../../../../core/train/tree-grower.ts';

it('a leaf keeps enough rows where few of them carry most of the hessian', () => {
  // 20 rows at the end have a hessian of 100 and the other gradient; by hessian alone they look
  // like 690 rows, and splitting them off gains most.
  const rows = 1000;
  const values = Float32Array.from({ length: rows }, (_, row) => row);
  const boundaries = boundariesOf(values, 255);
  const rules = {
    boundaries: [boundaries],
    directions: [0],
    leaves: 10,
    minimumRows: 50,
    minimumGain: 0,
    l1: 0,
    l2: 1,
    smoothing: 0,
    rankings: 0,
    learningRate: 1,
    largestValue: 100,
  };
  const levels = { gradient: 1, hessian: 1, bits: 16, shift: 20 };
  const bytes = Records.bytesFor(1, rows, 1) + TreeGrower.bytesFor(1, rows, 1, rules);
  const crew = new Crew(1, bytes);
  const records = new Records(crew, rows, 1);
  records.setBins(0, binsOf(values, boundaries));
  for (let row = 0; row < rows; row++) {
    const [derivatives] = [new Int32Array(crew.buffer, records.address(0, 0, row), 1)];
    derivatives[0] = row >= 980 ? (100 << 16) | 100 : (-1 << 16) | 1;
  }
  const grower = new TreeGrower(crew, records, rules);
  const whole = [records.address(0, 0, 0), rows, records.stride, 1, grower.parts];
  crew.alone('sum', ...whole, levels.bits, 1, levels.shift, 0);

  const { leaves } = grower.grow(levels);

  const sizes = leaves.map(({ counts }) => counts[0]!);
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(rows);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(50);
});
