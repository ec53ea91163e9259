import onnxProto from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../../core/onnx/metadata.ts';
import { NotOnnxError } from '../../../../core/onnx/wire.ts';

const { ModelProto } = onnxProto.onnx;

describe('readMetadata', () => {
  it('reads what a protobuf library wrote, past a large graph', () => {
    const bytes = ModelProto.encode({
      irVersion: 10,
      producerName: 'somebody',
      graph: { name: 'g', initializer: [{ name: 'w', rawData: new Uint8Array(100_000) }] },
      metadataProps: [
        { key: 'unit', value: 'miles' },
        { key: 'note', value: 'Grüße' },
        { key: 'empty', value: '' },
      ],
    }).finish();

    expect(readMetadata(bytes)).toEqual({ unit: 'miles', note: 'Grüße', empty: '' });
  });

  it('is empty for a file without any', () => {
    expect(readMetadata(ModelProto.encode({ irVersion: 10 }).finish())).toEqual({});
  });

  it.each([
    { what: 'nothing', bytes: Buffer.from(''), problem: 'no bytes' },
    { what: 'text', bytes: Buffer.from('{"not": "a model"}'), problem: 'wire type 3' },
    { what: 'zeros', bytes: Buffer.alloc(8), problem: 'field number 0' },
    {
      what: 'a file that is cut off',
      bytes: ModelProto.encode({ producerName: 'somebody' }).finish().subarray(0, 5),
      problem: 'a field of 8 bytes is cut off',
    },
  ])('fails on $what', ({ bytes, problem }) => {
    expect(() => readMetadata(bytes)).toThrow(NotOnnxError);
    expect(() => readMetadata(bytes)).toThrow(problem);
  });
});
