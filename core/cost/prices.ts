/**
 * What AWS asks for, in US dollars, in us-east-1 and without free tiers or discounts: the one place
 * where prices stand. From the pricing page of each service; compare them now and then, and move
 * the date.
 */
export const PRICES = {
  asOf: '2025-11-01',
  region: 'us-east-1',

  /** aws.amazon.com/lambda/pricing, x86 */
  lambda: { gbSecond: 0.0000166667, millionCalls: 0.2 },

  /** aws.amazon.com/kinesis/data-streams/pricing, provisioned; a payload unit is 25 KB of one record */
  kinesis: { shardHour: 0.015, millionPayloadUnits: 0.014 },

  /** aws.amazon.com/dynamodb/pricing/on-demand; a unit writes 1 KB or reads 4 KB consistently */
  dynamodb: { millionWrites: 0.625, millionReads: 0.125 },

  /** aws.amazon.com/s3/pricing, Standard */
  s3: { gbMonth: 0.023, thousandPuts: 0.005, thousandGets: 0.0004 },

  /** aws.amazon.com/fargate/pricing, Linux on x86; the price on spot capacity moves, this is usual */
  fargate: { vcpuHour: 0.04048, gbHour: 0.004445, spotShare: 0.3 },

  /** aws.amazon.com/vpc/pricing, a public IPv4 address in use */
  publicAddress: { hour: 0.005 },

  /** aws.amazon.com/cloudwatch/pricing */
  cloudwatch: {
    alarmMonth: 0.1,
    compositeAlarmMonth: 0.5,
    metricMonth: 0.3,
    dashboardMonth: 3,
    logGb: 0.5,
    logGbMonth: 0.03,
  },

  /** aws.amazon.com/secrets-manager/pricing */
  secrets: { secretMonth: 0.4 },

  /** aws.amazon.com/sagemaker/pricing, hosting */
  sagemaker: {
    instance: 'ml.m5.large',
    instanceHour: 0.115,
    /** Serverless inference, of 1 GB of memory. */
    serverlessGbSecond: 0.00002,
    /** In and out. */
    dataGb: 0.016,
  },
} as const;
