/** The same requests answered by SageMaker's endpoints, which stand for the online part alone. */
import type { Assumptions } from './assumptions.ts';
import { type Load, MONTH } from './load.ts';
import { PRICES } from './prices.ts';

export interface Alternative {
  readonly what: string;
  /** US dollars a month, without and with the load. */
  readonly idle: number;
  readonly monthly: number;
}

export function sageMakerFor(load: Pick<Load, 'online'>, assumptions: Assumptions): Alternative[] {
  const { instance, instanceHour, serverlessGbSecond, dataGb } = PRICES.sagemaker;
  const { instanceRate, serverlessGb, predictMs, eventBytes, recordBytes } = assumptions;
  const requests = load.online * MONTH.seconds;
  const data = ((requests * (eventBytes + recordBytes)) / 1e9) * dataGb;
  const instances = Math.max(1, Math.ceil(load.online / instanceRate));
  const seconds = (requests * predictMs) / 1000;
  return [
    {
      what: `real-time endpoint, ${instances} x ${instance}`,
      idle: instanceHour * MONTH.hours,
      monthly: instances * instanceHour * MONTH.hours + data,
    },
    {
      what: `serverless endpoint, ${serverlessGb} GB`,
      idle: 0,
      monthly: seconds * serverlessGb * serverlessGbSecond + data,
    },
  ];
}
