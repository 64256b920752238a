/**
 * The three fields of dice are one number: how many of the 10,000 outcomes win. All exact:
 * hundredths and BigInt, no floating point.
 */

import type { Direction } from "@shared/api/types";

export interface DiceMath {
  /** Outcomes in all, 10,000. */
  outcomes: number;
  winMin: number;
  winMax: number;
  /** Return to player as a fraction, e.g. 99/100. */
  rtp: readonly [numerator: bigint, denominator: bigint];
}

const DECIMAL = /^\d{1,9}(?:\.\d{0,18})?$/;

/** "0.99" as 99/100. */
export function fraction(text: string): readonly [bigint, bigint] {
  const [whole = "0", part = ""] = text.split(".");
  return [BigInt(whole + part), 10n ** BigInt(part.length)];
}

/** A typed decimal (comma or point) in units of 10^-places, rounded half up; null for nonsense. */
function scaled(text: string, places: number): bigint | null {
  const plain = text.trim().replace(",", ".").replace(/^\./, "0.");
  if (!DECIMAL.test(plain)) return null;
  const [whole = "0", part = ""] = plain.split(".");
  const digits = part.padEnd(places + 1, "0");
  const kept = BigInt(whole + digits.slice(0, places));
  return (digits[places] ?? "0") >= "5" ? kept + 1n : kept;
}

function unscaled(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export function clamp(winNumbers: number, math: DiceMath): number {
  return Math.min(math.winMax, Math.max(math.winMin, winNumbers));
}

/** Per cent, two decimals: 4,950 of 10,000 is "49.50". */
export function chanceText(winNumbers: number, math: DiceMath): string {
  return unscaled(BigInt(winNumbers * 10_000) / BigInt(math.outcomes), 2);
}

/** What a stake comes back as, four decimals, rounded half up. */
export function multiplierText(winNumbers: number, math: DiceMath): string {
  const [num, den] = math.rtp;
  const [over, under] = [num * BigInt(math.outcomes) * 10_000n, den * BigInt(winNumbers)];
  return unscaled((2n * over + under) / (2n * under), 4);
}

/** The border as a roll: under wins below it, over wins above it. */
export function thresholdText(winNumbers: number, direction: Direction, math: DiceMath): string {
  return unscaled(BigInt(borderOf(winNumbers, direction, math)), 2);
}

/** Integer border: under wins when roll < border, over wins when roll > border. */
export function borderOf(winNumbers: number, direction: Direction, math: DiceMath): number {
  return direction === "under" ? winNumbers : math.outcomes - winNumbers - 1;
}

export function fromBorder(border: number, direction: Direction, math: DiceMath): number {
  return clamp(direction === "under" ? border : math.outcomes - border - 1, math);
}

export function fromChance(text: string, math: DiceMath): number | null {
  const hundredths = scaled(text, 2);
  if (hundredths === null) return null;
  return clamp(Number((hundredths * BigInt(math.outcomes)) / 10_000n), math);
}

/** The nearest win set; a multiplier between two possible ones gets the closer chance. */
export function fromMultiplier(text: string, math: DiceMath): number | null {
  const tenThousandths = scaled(text, 4);
  if (tenThousandths === null || tenThousandths === 0n) return null;
  const [num, den] = math.rtp;
  const [over, under] = [num * BigInt(math.outcomes) * 10_000n, den * tenThousandths];
  const nearest = (2n * over + under) / (2n * under);
  return nearest > BigInt(math.outcomes) ? math.winMax : clamp(Number(nearest), math);
}

export function fromThreshold(text: string, direction: Direction, math: DiceMath): number | null {
  const border = scaled(text, 2);
  return border === null ? null : fromBorder(Number(border), direction, math);
}

/** What a win pays in minor units, cut to whole units as the house does. */
export function payoutUnits(stake: bigint, winNumbers: number, math: DiceMath): bigint {
  const [num, den] = math.rtp;
  return (stake * num * BigInt(math.outcomes)) / (den * BigInt(winNumbers));
}

/** Does this roll (0 to outcomes-1) win? */
export function wins(
  roll: number,
  winNumbers: number,
  direction: Direction,
  math: DiceMath,
): boolean {
  const border = borderOf(winNumbers, direction, math);
  return direction === "under" ? roll < border : roll > border;
}
