/** Staleness and traffic: how old the champion and the data are, and who answers. */
import type { StalenessLimits } from '../model/monitors.ts';
import type { WindowCounts } from './window.ts';

export interface Staleness {
  /** Since the version became champion; null where that is not known. */
  readonly championDays: number | null;
  /** Since the end of the data that it learned from and was judged on. */
  readonly trainingDataDays: number | null;
  /** Since the end of the newest partition of the dataset. */
  readonly dataHours: number | null;
  readonly limits: StalenessLimits;
}

export interface Moments {
  readonly asOf: Date;
  readonly championSince: string | undefined;
  readonly trainedTo: string | undefined;
  /** Day of the newest partition, such as '2001-05-03'. */
  readonly newestDay: string | undefined;
}

const HOUR_MS = 3_600_000;

export function stalenessOf(moments: Moments, limits: StalenessLimits): Staleness {
  const { asOf, championSince, trainedTo, newestDay } = moments;
  const hoursSince = (moment: string | undefined, later = 0): number | null => {
    if (moment === undefined) return null;
    const hours = (asOf.getTime() - Date.parse(moment)) / HOUR_MS - later;
    return Math.max(0, Math.round(hours * 10) / 10);
  };
  return {
    championDays: inDays(hoursSince(championSince)),
    trainingDataDays: inDays(hoursSince(trainedTo)),
    // The partition of a day is whole when the day is over.
    dataHours: hoursSince(newestDay, 24),
    limits,
  };
}

function inDays(hours: number | null): number | null {
  return hours === null ? null : Math.round((hours / 24) * 10) / 10;
}

export interface Traffic {
  readonly champion: number;
  readonly challenger: number;
  readonly shadow: number;
  /** Of the rows that were answered. */
  readonly challengerShare: number;
  /** Of the rows that the champion answered, those that a shadow predicted too. */
  readonly shadowShare: number;
}

export function trafficOf({ champion, challenger, shadow }: WindowCounts): Traffic {
  const answered = champion + challenger;
  return {
    champion,
    challenger,
    shadow,
    challengerShare: answered === 0 ? 0 : challenger / answered,
    shadowShare: champion === 0 ? 0 : shadow / champion,
  };
}
