import { arn, type Place } from '../resource.ts';

/** Returns a secret's ARN; the real service adds six characters of its own, so that nobody guesses it. */
export function secretArn(place: Place, name: string): string {
  return arn(place, 'secretsmanager', `secret:${name}-laptop`);
}
