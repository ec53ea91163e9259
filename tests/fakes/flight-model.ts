/** The shipped model's declaration, smaller, and a session that predicts by a rule one can see. */
import {
  category,
  dayOfWeek,
  defineModel,
  number,
  timestamp,
  type ModelDeclaration,
  type ModelDefinition,
} from '../../core/model/index.ts';
import { type Signature, type InputBatch, signatureOf } from '../../core/model/signature.ts';
import { bindingOfOwn } from '../../core/onnx/binding.ts';
import type { Inferred } from '../../core/onnx/session.ts';
import type { TensorMetadata } from '../../core/onnx/tensor.ts';

const declaration: ModelDeclaration = {
  name: 'flight-delay',
  problem: { statement: 'Late?', decision: 'Rebook', owner: 'operations@example.com' },
  data: { time: 'date' },
  target: { kind: 'binary', column: 'delay', atLeast: 15, threshold: 0.4 },
  features: {
    date: timestamp({ description: 'Departure' }),
    distance: number({ description: 'Distance', unit: 'miles', minimum: 0, maximum: 6000 }),
    origin: category({ description: 'Airport of departure' }),
    haul: category({ description: 'Kind of flight', values: ['short', 'long'] }),
  },
  derived: { day_of_week: dayOfWeek('date') },
  split: { trainingDays: 106, holdoutDays: 14 },
  trainer: { algorithm: 'linear' },
  gate: { metric: 'auc', beatBaselineBy: 0.05 },
  serving: { entity: 'origin', online: { maximumRows: 100 }, stream: {} },
};

export function flightDelay(change: Partial<ModelDeclaration> = {}): ModelDefinition {
  return defineModel({ ...declaration, ...change });
}

export const flight = {
  date: '2001-05-01T09:30:00Z',
  distance: 500,
  origin: 'ATL',
  haul: 'short',
};

/** Probability: a thousandth of the distance; a missing distance 0.125. */
export function flightSession(signature: Signature = signatureOf(flightDelay())) {
  const width = signature.numbers.length;
  const at = signature.numbers.indexOf('distance');
  const { inputs, output } = bindingOfOwn(signature);
  return {
    signature,
    inputs,
    outputs: [{ name: output.name, datatype: 'FP32', shape: [-1] }] as TensorMetadata[],
    metadata: { 'tidemill.threshold': '0.4' } as Record<string, string>,
    batches: [] as InputBatch[],
    released: false,
    async run(batch: InputBatch): Promise<Float32Array> {
      if (this.released) throw new Error('session was released');
      this.batches.push(batch);
      return Float32Array.from({ length: batch.rows }, (_, row) => {
        const distance = batch.numbers[row * width + at]!;
        return Number.isNaN(distance) ? 0.125 : distance / 1000;
      });
    },
    async infer(batch: InputBatch): Promise<Inferred> {
      const predictions = await this.run(batch);
      const shape = [predictions.length];
      return {
        predictions,
        outputs: [{ name: output.name, datatype: 'FP32', shape, data: predictions }],
      };
    },
    async release(): Promise<void> {
      this.released = true;
    },
  };
}
