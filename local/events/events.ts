/** Amazon EventBridge on this machine: the default bus, its rules and their targets. */
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import {
  type PhysicalResource,
  type Place,
  type Resource,
  type ResourceHost,
} from '../resource.ts';
import { arm } from '../scheduler/timer.ts';
import type { Events } from '../services.ts';
import { openStore } from '../store.ts';
import type { Service } from '../wire/service.ts';
import { createEventsApi } from './events-api.ts';
import { Bus } from './bus.ts';
import { readRule, type Rule } from './rule.ts';
import type { TargetPorts } from './target.ts';

export interface EventBridgeOptions extends TargetPorts {
  readonly stateFolder: string;
  readonly place: Place;
  readonly clock: Clock;
}

export interface EventBridge {
  readonly service: Service;
  readonly hosts: readonly ResourceHost[];
  readonly events: Events;
  /** Begins to fire the rules that have a schedule; called once the template is hosted. */
  start(): void;
  /** Settles when every target called so far has answered. */
  idle(): Promise<void>;
  close(): void;
}

export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { place, clock } = options;
  const bus = new Bus(place, clock, options);
  const fired = openStore<string>(join(options.stateFolder, 'events', 'fired.jsonl'));
  let cancels: (() => void)[] = [];

  async function createRule(resource: Resource): Promise<PhysicalResource> {
    const rule = readRule(resource, place, clock.now());
    bus.add(rule);
    return { ref: rule.name, attributes: { Arn: rule.arn } };
  }

  function armRule(rule: Rule): () => void {
    const { schedule: expression } = rule;
    if (expression === undefined || !rule.enabled) return () => undefined;
    const fire = (at: Date): void => bus.fire(rule, at);
    return arm({ name: rule.arn, expression, fire }, clock, fired);
  }

  return {
    service: createEventsApi(bus, () => clock.now()),
    hosts: [{ types: ['AWS::Events::Rule'], create: createRule }],
    events: { emit: (event) => void bus.put(event) },
    start() {
      cancels = bus.rules().map((rule) => armRule(rule));
    },
    idle: () => bus.idle(),
    close() {
      for (const cancel of cancels) cancel();
      fired.close();
    },
  };
}
