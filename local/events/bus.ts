/** The default bus: takes events and calls the targets of the rules that they match. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Clock, holding } from '../clock.ts';
import type { Place } from '../resource.ts';
import type { BusEvent } from '../services.ts';
import type { Rule } from './rule.ts';
import { callTarget, type TargetPorts } from './target.ts';

export class Bus {
  readonly #place: Place;
  readonly #clock: Clock;
  readonly #ports: TargetPorts;
  readonly #rules = new Map<string, Rule>();
  readonly #running = new Set<Promise<void>>();

  constructor(place: Place, clock: Clock, ports: TargetPorts) {
    this.#place = place;
    this.#clock = clock;
    this.#ports = ports;
  }

  add(rule: Rule): void {
    this.#rules.set(rule.name, rule);
  }

  rules(): Rule[] {
    return [...this.#rules.values()];
  }

  get(name: string): Rule | undefined {
    return this.#rules.get(name);
  }

  /** Calls what listens to the event, in the background, and returns the event's ID. */
  put(event: BusEvent): string {
    const id = randomUUID();
    const listening = this.rules().filter(({ enabled, matches }) => enabled && matches);
    if (listening.length === 0) return id;
    const envelope = envelopeOf(this.#place, id, event);
    for (const rule of listening) if (rule.matches?.(envelope)) this.#send(rule, envelope);
    return id;
  }

  /** Calls the targets of a rule whose schedule has come. */
  fire(rule: Rule, at: Date): void {
    const event = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, at };
    this.#send(rule, envelopeOf(this.#place, randomUUID(), { ...event, resources: [rule.arn] }));
  }

  /** Settles when every target called so far has answered. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #send(rule: Rule, event: Readonly<Record<string, unknown>>): void {
    for (const target of rule.targets) {
      const call = holding(this.#clock, callTarget(rule, target, event, this.#ports));
      this.#running.add(call);
      void call.finally(() => this.#running.delete(call));
    }
  }
}

/** The event as rules match it and targets get it. */
function envelopeOf(place: Place, id: string, event: BusEvent): Record<string, unknown> {
  return {
    version: '0',
    id,
    'detail-type': event.detailType,
    source: event.source,
    account: place.account,
    time: event.at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region: place.region,
    resources: event.resources,
    // As the target will read it: without what JSON does not carry.
    detail: z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(event.detail))),
  };
}
