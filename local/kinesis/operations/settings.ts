/** Operations that change how a stream is kept. */
import * as z from 'zod';
import type { Operation, Operations } from '../../wire/operations.ts';
import { invalidArgument } from '../errors.ts';
import { Named, read } from '../input.ts';
import type { StreamBook } from '../stream-book.ts';
import { Mode } from './streams.ts';

const SHORTEST_RETENTION_HOURS = 24;
export const LONGEST_RETENTION_HOURS = 8760;

const Retention = Named.extend({ RetentionPeriodHours: z.int() });
const ChangeMode = Named.extend({ StreamModeDetails: Mode });
const Encrypt = Named.extend({ EncryptionType: z.literal('KMS'), KeyId: z.string().min(1) });

export function settingOperations(book: StreamBook): Operations {
  return {
    IncreaseStreamRetentionPeriod: changeRetention(book, {
      isAllowed: (hours, current) => hours >= current,
      else: (current) => `shorter than existing retention period (${current} hours). Use Decrease`,
    }),
    DecreaseStreamRetentionPeriod: changeRetention(book, {
      isAllowed: (hours, current) => hours <= current,
      else: (current) => `longer than existing retention period (${current} hours). Use Increase`,
    }),
    async UpdateStreamMode(input) {
      const { StreamModeDetails, ...reference } = read(ChangeMode, input);
      book.find(reference).update({ mode: StreamModeDetails.StreamMode });
      return {};
    },
    async StartStreamEncryption(input) {
      const { KeyId, ...reference } = read(Encrypt, input);
      book.find(reference).update({ kmsKey: KeyId });
      return {};
    },
    async StopStreamEncryption(input) {
      const { KeyId: _, ...reference } = read(Encrypt, input);
      book.find(reference).update({ kmsKey: undefined });
      return {};
    },
  };
}

interface Direction {
  readonly isAllowed: (hours: number, current: number) => boolean;
  readonly else: (current: number) => string;
}

function changeRetention(book: StreamBook, direction: Direction): Operation {
  return async (input) => {
    const { RetentionPeriodHours: hours, ...reference } = read(Retention, input);
    const stream = book.find(reference);
    const { name, retentionHours: current } = stream.state;
    if (hours < SHORTEST_RETENTION_HOURS) {
      throw invalidArgument(
        `Minimum allowed retention period is ${SHORTEST_RETENTION_HOURS} hours. ` +
          `Requested retention period (${hours} hours) is too short.`,
      );
    }
    if (hours > LONGEST_RETENTION_HOURS) {
      throw invalidArgument(
        `Maximum allowed retention period is ${LONGEST_RETENTION_HOURS} hours. ` +
          `Requested retention period (${hours} hours) is too long.`,
      );
    }
    if (!direction.isAllowed(hours, current)) {
      throw invalidArgument(
        `Requested retention period (${hours} hours) for stream ${name} can not be ` +
          `${direction.else(current)}RetentionPeriod API.`,
      );
    }
    stream.update({ retentionHours: hours });
    return {};
  };
}
