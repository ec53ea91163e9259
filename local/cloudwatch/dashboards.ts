/** Dashboards as the template declares them, and the charts in them. */
import * as z from 'zod';
import { AwsError } from '../wire/aws-error.ts';
import { parseInput } from '../wire/input.ts';
import type { Operations } from '../wire/operations.ts';
import { arn, type Place, type ResourceHost } from '../resource.ts';
import type { Query } from './query.ts';

/** A chart of a dashboard: what a `metric` widget shows. */
export interface Chart {
  readonly title: string;
  readonly queries: readonly Query[];
}

export interface Dashboards {
  readonly host: ResourceHost;
  readonly operations: Operations;
  charts(): Chart[];
}

const DashboardProperties = z.object({
  DashboardName: z.string().optional(),
  DashboardBody: z.union([z.string(), z.looseObject({}).transform((body) => JSON.stringify(body))]),
});

const Widget = z.object({
  type: z.string(),
  properties: z
    .looseObject({
      title: z.string().default(''),
      stat: z.string().default('Average'),
      period: z.number().default(300),
      metrics: z.array(z.array(z.unknown())).default([]),
    })
    .optional(),
});
const Body = z.object({ widgets: z.array(Widget).default([]) });

const Options = z.looseObject({
  id: z.string().optional(),
  expression: z.string().optional(),
  label: z.string().optional(),
  stat: z.string().optional(),
  period: z.number().optional(),
  visible: z.boolean().default(true),
});

export function createDashboards(place: Place): Dashboards {
  const bodies = new Map<string, string>();
  const arnOf = (name: string) => arn({ ...place, region: '' }, 'cloudwatch', `dashboard/${name}`);
  return {
    host: {
      types: ['AWS::CloudWatch::Dashboard'],
      async create(resource) {
        const { DashboardName, DashboardBody } = DashboardProperties.parse(resource.properties);
        const name = DashboardName ?? resource.defaultName;
        bodies.set(name, DashboardBody);
        return { ref: name, attributes: {} };
      },
    },
    operations: {
      ListDashboards: async () => ({
        DashboardEntries: [...bodies].map(([name, body]) => ({
          DashboardName: name,
          DashboardArn: arnOf(name),
          Size: body.length,
        })),
      }),
      async GetDashboard(input) {
        const request = z.object({ DashboardName: z.string() });
        const { DashboardName: name } = parseInput(request, input, 'InvalidParameterValue');
        const body = bodies.get(name);
        if (body === undefined) {
          throw new AwsError(
            'ResourceNotFound',
            `there is no dashboard '${name}'; there are: ${[...bodies.keys()].join(', ')}`,
            { status: 404 },
          );
        }
        return { DashboardName: name, DashboardArn: arnOf(name), DashboardBody: body };
      },
    },
    charts: () => [...bodies.values()].flatMap((body) => chartsOf(body)),
  };
}

/** Returns the charts of a dashboard's JSON text; widgets of other kinds are passed over. */
export function chartsOf(body: string): Chart[] {
  const { widgets } = Body.parse(JSON.parse(body));
  return widgets
    .map(({ properties }) => properties)
    .filter((properties) => properties !== undefined)
    .map(({ title, stat, period, metrics }) => ({
      title,
      queries: queriesOf(metrics, { stat, period }),
    }))
    .filter(({ queries }) => queries.length > 0);
}

/**
 * Widgets write a metric as `[namespace, name, dimension, value, ..., options]`, where `.` repeats
 * what stands there in the line above, and `...` all that goes before.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
function queriesOf(
  lines: readonly (readonly unknown[])[],
  defaults: { readonly stat: string; readonly period: number },
): Query[] {
  let above: string[] = [];
  return lines.map((line, index) => {
    const options = Options.parse(line.find((word) => typeof word === 'object') ?? {});
    const id = options.id ?? `line${index + 1}`;
    const shown = { id, label: options.label, returnData: options.visible };
    if (options.expression !== undefined) return { ...shown, expression: options.expression };
    above = spellOut(
      line.filter((word) => typeof word === 'string'),
      above,
    );
    const [namespace = '', name = '', ...pairs] = above;
    const dimensions: Record<string, string> = {};
    for (let at = 0; at + 1 < pairs.length; at += 2)
      dimensions[pairs[at] ?? ''] = pairs[at + 1] ?? '';
    return {
      ...shown,
      stat: {
        metric: { namespace, name, dimensions },
        statistic: options.stat ?? defaults.stat,
        periodSeconds: options.period ?? defaults.period,
      },
    };
  });
}

function spellOut(words: readonly string[], above: readonly string[]): string[] {
  const rest = words.filter((word) => word !== '...');
  const full =
    rest.length < words.length ? [...above.slice(0, above.length - rest.length), ...rest] : words;
  return full.map((word, index) => (word === '.' ? (above[index] ?? word) : word));
}
