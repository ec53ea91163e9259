/** Resource types that need no body on this machine: others only ask for their names. */
import { createHash } from 'node:crypto';
import { arn } from '../resource.ts';
import type { PhysicalResource, Place, Resource, ResourceHost } from '../resource.ts';

type Answer = (resource: Resource, place: Place) => PhysicalResource;

/** Ids of EC2 look like `vpc-0123456789abcdef0`. */
const withId =
  (prefix: string, attribute?: string): Answer =>
  (resource) => {
    const id = `${prefix}-${fingerprint(resource).slice(0, 17)}`;
    return { ref: id, attributes: { Id: id, ...(attribute !== undefined && { [attribute]: id }) } };
  };

const named: Answer = ({ defaultName }) => ({ ref: defaultName, attributes: { Id: defaultName } });

/** IAM has no region in its ARNs. */
const iam =
  (kind: string, nameProperty: string, idAttribute: string, idPrefix: string): Answer =>
  (resource, place) => {
    const name = ownName(resource, nameProperty);
    const path = ownText(resource, 'Path') ?? '/';
    return {
      ref: name,
      attributes: {
        Arn: `arn:${place.partition}:iam::${place.account}:${kind}${path}${name}`,
        [idAttribute]: `${idPrefix}${fingerprint(resource).slice(0, 17).toUpperCase()}`,
      },
    };
  };

const managedPolicy: Answer = (resource, place) => {
  const policy = iam('policy', 'ManagedPolicyName', 'PolicyId', 'ANPA')(resource, place);
  const policyArn = policy.attributes['Arn'] ?? policy.ref;
  return { ref: policyArn, attributes: { ...policy.attributes, PolicyArn: policyArn } };
};

const vpc: Answer = (resource, place) => {
  const { ref } = withId('vpc')(resource, place);
  return {
    ref,
    attributes: {
      VpcId: ref,
      CidrBlock: ownText(resource, 'CidrBlock') ?? '10.0.0.0/16',
      DefaultSecurityGroup: `sg-${fingerprint(resource).slice(0, 17)}`,
      DefaultNetworkAcl: `acl-${fingerprint(resource).slice(0, 17)}`,
    },
  };
};

const subnet: Answer = (resource, place) => {
  const { ref } = withId('subnet')(resource, place);
  const zone = ownText(resource, 'AvailabilityZone') ?? `${place.region}a`;
  return {
    ref,
    attributes: {
      SubnetId: ref,
      AvailabilityZone: zone,
      VpcId: ownText(resource, 'VpcId') ?? '',
      CidrBlock: ownText(resource, 'CidrBlock') ?? '',
    },
  };
};

const securityGroup: Answer = (resource, place) => {
  const { ref } = withId('sg')(resource, place);
  return {
    ref,
    attributes: { GroupId: ref, Id: ref, VpcId: ownText(resource, 'VpcId') ?? '' },
  };
};

const key: Answer = (resource, place) => {
  const id = fingerprint(resource).slice(0, 36);
  return { ref: id, attributes: { KeyId: id, Arn: arn(place, 'kms', `key/${id}`) } };
};

const cluster: Answer = (resource, place) => {
  const name = ownName(resource, 'ClusterName');
  return { ref: name, attributes: { Arn: arn(place, 'ecs', `cluster/${name}`) } };
};

const repository: Answer = (resource, place) => {
  const name = ownName(resource, 'RepositoryName').toLowerCase();
  const host = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`;
  return {
    ref: name,
    attributes: { Arn: arn(place, 'ecr', `repository/${name}`), RepositoryUri: `${host}/${name}` },
  };
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  'AWS::CDK::Metadata': named,
  'AWS::IAM::Role': iam('role', 'RoleName', 'RoleId', 'AROA'),
  'AWS::IAM::User': iam('user', 'UserName', 'UserId', 'AIDA'),
  'AWS::IAM::Group': iam('group', 'GroupName', 'GroupId', 'AGPA'),
  'AWS::IAM::InstanceProfile': iam(
    'instance-profile',
    'InstanceProfileName',
    'InstanceProfileId',
    'AIPA',
  ),
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': named,
  'AWS::IAM::RolePolicy': named,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupIngress': named,
  'AWS::EC2::SecurityGroupEgress': named,
  'AWS::EC2::RouteTable': withId('rtb', 'RouteTableId'),
  'AWS::EC2::Route': named,
  'AWS::EC2::SubnetRouteTableAssociation': withId('rtbassoc'),
  'AWS::EC2::InternetGateway': withId('igw', 'InternetGatewayId'),
  'AWS::EC2::VPCGatewayAttachment': named,
  'AWS::EC2::EIP': withId('eipalloc', 'AllocationId'),
  'AWS::EC2::NatGateway': withId('nat', 'NatGatewayId'),
  'AWS::EC2::VPCEndpoint': withId('vpce'),
  'AWS::EC2::FlowLog': withId('fl'),
  'AWS::EC2::LaunchTemplate': withId('lt', 'LaunchTemplateId'),
  // There is one code on a laptop: nothing to give callers little by little.
  'AWS::CodeDeploy::Application': (resource) => ({
    ref: ownName(resource, 'ApplicationName'),
    attributes: {},
  }),
  'AWS::CodeDeploy::DeploymentGroup': (resource) => ({
    ref: ownName(resource, 'DeploymentGroupName'),
    attributes: {},
  }),
  'AWS::ECS::Cluster': cluster,
  'AWS::ECR::Repository': repository,
  'AWS::KMS::Key': key,
  'AWS::KMS::Alias': named,
  'AWS::Lambda::Permission': named,
  'AWS::Logs::LogStream': named,
  'AWS::Logs::ResourcePolicy': named,
  'AWS::Kinesis::ResourcePolicy': named,
};

/** Creates the host of every type that only has names to answer for. */
export function createPassiveHost(place: Place): ResourceHost {
  return {
    types: Object.keys(ANSWERS),
    create: async (resource) => (ANSWERS[resource.type] ?? named)(resource, place),
  };
}

function ownText(resource: Resource, property: string): string | undefined {
  const value = resource.properties[property];
  return typeof value === 'string' ? value : undefined;
}

function ownName(resource: Resource, property: string): string {
  return ownText(resource, property) ?? resource.defaultName;
}

function fingerprint(resource: Resource): string {
  return createHash('sha256').update(resource.defaultName).digest('hex');
}
