/** Tails of the distributions that tests of drift and of performance need. */

/**
 * Returns the regularised upper incomplete gamma function `Q(a, x)`: by its series below `a + 1`,
 * by its continued fraction above (Press et al., Numerical Recipes, 3rd edition, 6.2).
 *
 * @param a above 0
 * @param x 0 or above
 * @returns 0 to 1, to about 14 digits. O(√a)
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * lowerSeries(a, x) : scale * upperFraction(a, x);
}

const PRECISION = 1e-16;
const MOST_TERMS = 10_000;

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** By the method of Lentz. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return fraction;
}

const LANCZOS = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
  9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
];

/** Lanczos' approximation with g = 7, for arguments above 0.5 (and by reflection below). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = LANCZOS.reduce(
    (total, weight, at) => total + (at === 0 ? weight : weight / (x - 1 + at)),
    0,
  );
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Returns the chance that chi-squared of some degrees of freedom is at least the statistic. */
export function chiSquaredTail(statistic: number, degrees: number): number {
  return upperGamma(degrees / 2, statistic / 2);
}

/** Returns the chance that a standard normal value lies at least `z` from zero, on either side. */
export function normalTail(z: number): number {
  return upperGamma(0.5, (z * z) / 2);
}

/**
 * Returns how many standard errors to either side of an estimate hold a share of a normal
 * distribution: 1.96 for 0.95. By bisection.
 */
export function standardErrorsFor(confidence: number): number {
  let [low, high] = [0, 40];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (1 - normalTail(middle) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Returns the chance that a Kolmogorov-Smirnov statistic of `n` rows is at least `d`: Kolmogorov's
 * limit at `d√n + 1/(6√n) + (d√n - 1)/(4n)`, off by 0.0006 at most for 20 rows and 0.00004 for 500 (Vrbik,
 * Small-sample corrections to Kolmogorov-Smirnov test statistic, 2018).
 *
 * @param n rows; of two samples `n₁n₂ / (n₁ + n₂)`
 */
export function kolmogorovTail(d: number, n: number): number {
  const root = Math.sqrt(n);
  const z = d * root + 1 / (6 * root) + (d * root - 1) / (4 * n);
  if (z < 0.18) return 1;
  let tail = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * z * z);
    tail += k % 2 === 1 ? term : -term;
    if (term < PRECISION) break;
  }
  return Math.min(1, Math.max(0, 2 * tail));
}
