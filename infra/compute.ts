/** Where jobs run: Fargate through AWS Batch, on spot capacity while there is some. */
import { Duration } from 'aws-cdk-lib';
import {
  FargateComputeEnvironment,
  JobQueue,
  JobStateTimeLimitActionsReason,
} from 'aws-cdk-lib/aws-batch';
import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { output } from './output.ts';

/** As many vCPUs may run at once: a bound on cost, not a reservation. */
const MAXIMUM_VCPUS = 64;

/** Jobs that wait for what does not come are cancelled, which fails their run and calls people. */
const { INSUFFICIENT_INSTANCE_CAPACITY: CAPACITY, COMPUTE_ENVIRONMENT_MAX_RESOURCE: TOO_LARGE } =
  JobStateTimeLimitActionsReason;

export interface ComputeProps {
  readonly stackName: string;
}

export class Compute extends Construct {
  readonly queue: JobQueue;

  constructor(scope: Construct, id: string, { stackName }: ComputeProps) {
    super(scope, id);
    const vpc = this.createVpc();
    const environment = (name: string, spot: boolean): FargateComputeEnvironment =>
      new FargateComputeEnvironment(this, name, {
        vpc,
        vpcSubnets: { subnetType: SubnetType.PUBLIC },
        securityGroups: [
          new SecurityGroup(this, `${name}SecurityGroup`, {
            vpc,
            description: 'Jobs call out and accept no connection',
          }),
        ],
        spot,
        maxvCpus: MAXIMUM_VCPUS,
      });
    this.queue = new JobQueue(this, 'Queue', {
      jobQueueName: stackName,
      computeEnvironments: [
        { order: 1, computeEnvironment: environment('Spot', true) },
        { order: 2, computeEnvironment: environment('OnDemand', false) },
      ],
      jobStateTimeLimitActions: [
        { reason: CAPACITY, maxTime: Duration.hours(2) },
        { reason: TOO_LARGE, maxTime: Duration.minutes(10) },
      ],
    });
    output(this, 'JobQueueArn', this.queue.jobQueueArn, 'Queue of all jobs');
  }

  /**
   * Public subnets only. Jobs need S3 and DynamoDB, whose gateway endpoints are free, and the
   * image registry and logs, for which a NAT gateway or interface endpoints would cost by the hour.
   * A public address behind a security group without ingress costs nothing while no job runs.
   */
  private createVpc(): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
      ],
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDB: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
      // It would take a custom resource, and nothing is ever placed in that group.
      restrictDefaultSecurityGroup: false,
    });
    acknowledge(vpc, 'VPC7', 'Flow logs cost by the byte; jobs accept no connection');
    return vpc;
  }
}
