/** When alarms are worked out again: as soon as that may give something else than the last time. */
import type { Clock } from '../clock.ts';
import type { MetricAlarm } from './alarm.ts';
import { MINUTE_MS, minuteOf } from './evaluate.ts';
import { keyOf, type MetricStore } from './metric-store.ts';
import { nextChange } from './next-change.ts';

export interface AlarmTurnsOptions {
  readonly clock: Clock;
  readonly metrics: MetricStore;
  readonly everySeconds: number;
  /** Works alarms out, and then those on other alarms. */
  readonly evaluate: (alarms: readonly MetricAlarm[]) => void;
}

/** Months of a virtual clock would take hours if every alarm were evaluated every minute of them. */
export class AlarmTurns {
  readonly #options: AlarmTurnsOptions;
  readonly #alarms: MetricAlarm[] = [];
  /** Alarms by the metrics that they watch. */
  readonly #watching = new Map<string, MetricAlarm[]>();
  /** When each alarm is evaluated next, in epoch milliseconds; others wait for something new. */
  readonly #due = new Map<MetricAlarm, number>();
  #armed: { readonly at: number; readonly cancel: () => void } | undefined;
  #started = false;

  constructor(options: AlarmTurnsOptions) {
    this.#options = options;
    options.metrics.onPut((metric, at) => {
      const minute = minuteOf(at);
      for (const alarm of this.#watching.get(keyOf(metric)) ?? []) {
        this.#plan(alarm, Math.max(minute + MINUTE_MS, this.#nextTurn()));
      }
    });
  }

  add(alarm: MetricAlarm): void {
    this.#alarms.push(alarm);
    for (const { stat } of alarm.condition.queries) {
      if (stat === undefined) continue;
      const key = keyOf(stat.metric);
      this.#watching.set(key, [...(this.#watching.get(key) ?? []), alarm]);
    }
  }

  /** Evaluates all alarms now, and then each when it is due. */
  start(): void {
    this.#started = true;
    for (const alarm of this.#alarms) this.#due.set(alarm, 0);
    this.#turn();
  }

  /** Somebody put alarms in a state by hand; those on metrics take their own again. */
  again(): void {
    for (const alarm of this.#alarms) this.#plan(alarm, this.#nextTurn());
    this.#arm(this.#nextTurn());
  }

  stop(): void {
    this.#started = false;
    this.#armed?.cancel();
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #nextTurn(): number {
    const everyMs = this.#options.everySeconds * 1000;
    return (Math.floor(this.#now() / everyMs) + 1) * everyMs;
  }

  #plan(alarm: MetricAlarm, at: number): void {
    this.#due.set(alarm, Math.min(at, this.#due.get(alarm) ?? Infinity));
    this.#arm(at);
  }

  #turn(): void {
    this.#armed = undefined;
    const now = this.#now();
    const due = this.#alarms.filter((alarm) => (this.#due.get(alarm) ?? Infinity) <= now);
    for (const alarm of due) this.#due.delete(alarm);
    this.#options.evaluate(due);
    for (const alarm of due) {
      const next = nextChange(alarm.condition, this.#options.metrics, minuteOf(new Date(now)));
      if (next !== undefined) this.#plan(alarm, next);
    }
    for (const at of this.#due.values()) this.#arm(at);
  }

  #arm(at: number): void {
    if (!this.#started || (this.#armed && this.#armed.at <= at)) return;
    this.#armed?.cancel();
    this.#armed = { at, cancel: this.#options.clock.at(new Date(at), () => this.#turn()) };
  }
}
