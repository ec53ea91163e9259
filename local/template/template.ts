/** The parts of a CloudFormation template that the region reads. */
import * as z from 'zod';

const TemplateResource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const TemplateOutput = z.object({
  Value: z.unknown(),
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Export: z.object({ Name: z.unknown() }).optional(),
});

/** A CloudFormation template, read leniently: what the region does not use is left out. */
export const Template = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Mappings: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), TemplateResource),
  Outputs: z.record(z.string(), TemplateOutput).default({}),
});

export type Template = z.output<typeof Template>;
export type TemplateResource = Template['Resources'][string];

/** Returns where the CDK app made a resource, or its logical id when the template does not say. */
export function constructPath(logicalId: string, resource: TemplateResource): string {
  const path = resource.Metadata['aws:cdk:path'];
  return typeof path === 'string' ? path : logicalId;
}
