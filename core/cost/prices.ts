/**
 * What AWS asks for, in US dollars, in us-east-1 and without free tiers or discounts: the one place
 * where prices stand. Compare them now and then with the page that each names, and move the date.
 * Of a price with tiers it is the first, which is the dearest.
 */
export const PRICES = {
  /**
   * When they were last compared. Where a page fills its figures in by script, with those who copy
   * them from AWS's price list: of Lambda, Fargate, CloudWatch and Kinesis during 2026.
   */
  asOf: '2026-11-25',
  region: 'us-east-1',

  /** https://aws.amazon.com/lambda/pricing/, x86; on arm64 a second costs 0.0000133334 */
  lambda: { gbSecond: 0.0000166667, millionCalls: 0.2 },

  /**
   * https://aws.amazon.com/kinesis/data-streams/pricing/, provisioned; a payload unit is 25 KB of
   * one record. On demand a stream stands for 0.04 an hour, a GB written costs 0.08.
   */
  kinesis: { shardHour: 0.015, millionPayloadUnits: 0.014 },

  /**
   * https://aws.amazon.com/dynamodb/pricing/on-demand/, since they were halved in November 2024; a
   * unit writes 1 KB or reads 4 KB consistently
   */
  dynamodb: { millionWrites: 0.625, millionReads: 0.125 },

  /** https://aws.amazon.com/s3/pricing/, Standard */
  s3: { gbMonth: 0.023, thousandPuts: 0.005, thousandGets: 0.0004 },

  /**
   * https://aws.amazon.com/fargate/pricing/, Linux on x86, which AWS Batch adds nothing to; the
   * price on spot capacity moves, up to 70 % off is what the page says
   */
  fargate: { vcpuHour: 0.04048, gbHour: 0.004445, spotShare: 0.3 },

  /** https://aws.amazon.com/vpc/pricing/, a public IPv4 address in use */
  publicAddress: { hour: 0.005 },

  /** https://aws.amazon.com/cloudwatch/pricing/; an alarm costs by the metric that it watches */
  cloudwatch: {
    alarmMonth: 0.1,
    compositeAlarmMonth: 0.5,
    metricMonth: 0.3,
    dashboardMonth: 3,
    logGb: 0.5,
    logGbMonth: 0.03,
  },

  /** https://aws.amazon.com/secrets-manager/pricing/ */
  secrets: { secretMonth: 0.4 },

  /** https://aws.amazon.com/sagemaker/ai/pricing/, hosting */
  sagemaker: {
    instance: 'ml.m5.large',
    instanceHour: 0.115,
    /** Serverless inference, of 1 GB of memory. */
    serverlessGbSecond: 0.00002,
    /** In and out. */
    dataGb: 0.016,
  },
} as const;
