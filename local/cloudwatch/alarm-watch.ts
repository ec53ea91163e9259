/** Watches the alarms: works out their states, remembers changes and tells those who asked to hear. */
import { join } from 'node:path';
import { type Clock, holding } from '../clock.ts';
import type { Principal } from '../iam/principal.ts';
import type { Place } from '../resource.ts';
import type { AsyncFunctions, Topics } from '../services.ts';
import { openStore, type Store } from '../store.ts';
import type { Alarm } from './alarm.ts';
import { functionEvent, type StateRecord, topicMessage, type Transition } from './alarm-message.ts';
import { parseAlarmRule } from './alarm-rule.ts';
import { AlarmTurns } from './alarm-turns.ts';
import { evaluate, type Verdict } from './evaluate.ts';
import type { MetricStore } from './metric-store.ts';

export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: 'MetricAlarm' | 'CompositeAlarm';
  readonly type: 'StateUpdate' | 'Action' | 'ConfigurationUpdate';
  readonly summary: string;
  readonly data: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface AlarmWatchOptions {
  readonly folder: string;
  readonly place: Place;
  readonly clock: Clock;
  readonly metrics: MetricStore;
  readonly asyncFunctions: AsyncFunctions;
  readonly topics: Topics;
  readonly evaluateEverySeconds: number;
}

const KEPT_HISTORY = 5000;

export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  readonly #alarms = new Map<string, Alarm>();
  readonly #states: Store<StateRecord>;
  readonly #history: Store<HistoryItem>;
  /** Alarms whose actions a client switched on or off. */
  readonly #switches: Store<boolean>;
  readonly #delivering = new Set<Promise<void>>();
  readonly #turns: AlarmTurns;
  #lastItem: number;

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
    this.#states = openStore(join(options.folder, 'alarm-states.jsonl'));
    this.#history = openStore(join(options.folder, 'alarm-history.jsonl'));
    this.#switches = openStore(join(options.folder, 'alarm-switches.jsonl'));
    this.#lastItem = Number(this.#history.keys().at(-1) ?? 0);
    this.#turns = new AlarmTurns({
      ...options,
      everySeconds: options.evaluateEverySeconds,
      evaluate: (alarms) => {
        for (const alarm of alarms) this.#evaluate(alarm);
        this.#evaluateComposites();
      },
    });
  }

  /** Takes up an alarm; its state is what an earlier start left, or INSUFFICIENT_DATA. */
  add(alarm: Alarm): void {
    // Read now, so that a wrong rule stops the start and not the watch.
    if (alarm.kind === 'composite') parseAlarmRule(alarm.rule);
    else this.#turns.add(alarm);
    this.#alarms.set(alarm.name, alarm);
    if (this.#states.has(alarm.name)) return;
    const reason = 'Unchecked: Initial alarm creation';
    this.#states.set(alarm.name, { state: 'INSUFFICIENT_DATA', reason, since: this.#now() });
    this.#note(alarm, 'ConfigurationUpdate', `Alarm "${alarm.name}" created`, {});
  }

  alarms(): Alarm[] {
    return [...this.#alarms.values()];
  }

  get(name: string): Alarm | undefined {
    return this.#alarms.get(name);
  }

  stateOf(name: string): StateRecord {
    const unknown = { state: 'INSUFFICIENT_DATA', reason: 'no such alarm', since: 0 } as const;
    return this.#states.get(name) ?? unknown;
  }

  actsOf(alarm: Alarm): boolean {
    return this.#switches.get(alarm.name) ?? alarm.actionsEnabled;
  }

  switchActions(name: string, enabled: boolean): void {
    this.#switches.set(name, enabled);
  }

  /** Newest first. */
  history(): HistoryItem[] {
    return this.#history.values().toReversed();
  }

  /** Evaluates all alarms now, and from then on whenever they may have changed. */
  start(): void {
    this.#turns.start();
  }

  /** Evaluates every alarm once, those on other alarms last. */
  evaluateAll(): void {
    for (const alarm of this.#alarms.values()) if (alarm.kind === 'metric') this.#evaluate(alarm);
    this.#evaluateComposites();
  }

  #evaluateComposites(): void {
    for (const alarm of this.#alarms.values())
      if (alarm.kind === 'composite') this.#evaluate(alarm);
  }

  /** Puts an alarm in a state until it is evaluated next; alarms on others hear of it at once. */
  overrule(alarm: Alarm, verdict: Verdict): void {
    this.setState(alarm, verdict);
    if (alarm.kind === 'metric') this.#evaluateComposites();
    this.#turns.again();
  }

  /** Puts an alarm in a state, with all that follows from a change of state. */
  setState(alarm: Alarm, { state, reason, reasonData }: Verdict): void {
    const before = this.stateOf(alarm.name);
    const after = { state, reason, reasonData, since: this.#now() };
    if (before.state === state) return;
    this.#states.set(alarm.name, after);
    this.#note(alarm, 'StateUpdate', `Alarm updated from ${before.state} to ${state}`, {
      version: '1.0',
      oldState: { stateValue: before.state, stateReason: before.reason },
      newState: { stateValue: state, stateReason: reason, stateReasonData: reasonData },
    });
    if (!this.actsOf(alarm)) return;
    for (const target of alarm.actions[state]) {
      const delivery = holding(
        this.#options.clock,
        this.#deliver(target, { alarm, before, after }),
      );
      this.#delivering.add(delivery);
      void delivery.finally(() => this.#delivering.delete(delivery));
    }
  }

  /** Settles when every action begun so far was taken. */
  async delivered(): Promise<void> {
    await Promise.all(this.#delivering);
  }

  /** Stops evaluating, and waits for what alarms have set off. */
  async close(): Promise<void> {
    this.#turns.stop();
    await this.delivered();
    this.#states.close();
    this.#history.close();
    this.#switches.close();
  }

  #evaluate(alarm: Alarm): void {
    const { clock, metrics } = this.#options;
    try {
      const verdict =
        alarm.kind === 'metric'
          ? evaluate(alarm.condition, metrics, clock.now(), this.stateOf(alarm.name).state)
          : this.#judgeRule(alarm.rule);
      if (verdict) this.setState(alarm, verdict);
    } catch (cause) {
      // One alarm that cannot be worked out must not blind the others.
      const reason = `Insufficient Data: the alarm cannot be evaluated: ${String(cause)}`;
      this.setState(alarm, { state: 'INSUFFICIENT_DATA', reason, reasonData: {} });
    }
  }

  #judgeRule(rule: string): Verdict {
    const ringing = new Set<string>();
    const holds = parseAlarmRule(rule)((alarm) => {
      const name = nameOfAlarm(alarm);
      const { state } = this.stateOf(name);
      if (state === 'ALARM') ringing.add(name);
      return state;
    });
    const reason =
      ringing.size > 0
        ? `In ALARM: ${[...ringing].join(', ')}`
        : 'No alarm of the rule is in ALARM';
    return { state: holds ? 'ALARM' : 'OK', reason, reasonData: {} };
  }

  async #deliver(target: string, transition: Transition): Promise<void> {
    const { place, asyncFunctions, topics } = this.#options;
    const { alarm } = transition;
    try {
      if (target.startsWith('arn:aws:lambda:')) {
        const actor = actorOf('lambda.alarms.cloudwatch.amazonaws.com', alarm);
        asyncFunctions.accept(target, functionEvent(place, transition), actor);
      } else if (target.startsWith('arn:aws:sns:')) {
        const { subject, message } = topicMessage(place, transition);
        await topics.publish(target, subject, message, actorOf('cloudwatch.amazonaws.com', alarm));
      } else {
        throw new Error('an alarm action must be a topic or a function');
      }
      this.#note(alarm, 'Action', `Successfully executed action ${target}`, {});
    } catch (cause) {
      console.error(`alarm '${alarm.name}' could not reach ${target}:`, cause);
      const error = String(cause);
      this.#note(alarm, 'Action', `Failed to execute action ${target}`, { error });
    }
  }

  #note(alarm: Alarm, type: HistoryItem['type'], summary: string, data: object): void {
    this.#lastItem += 1;
    this.#history.set(String(this.#lastItem), {
      alarmName: alarm.name,
      alarmType: alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
      type,
      summary,
      data: JSON.stringify(data),
      at: this.#now(),
    });
    this.#history.delete(String(this.#lastItem - KEPT_HISTORY));
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

function actorOf(name: string, { arn: sourceArn }: Alarm): Principal {
  return { kind: 'service', name, sourceArn };
}

function nameOfAlarm(nameOrArn: string): string {
  return nameOrArn.split(':alarm:').pop() ?? nameOrArn;
}
