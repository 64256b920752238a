import {
  borderOf,
  chanceText,
  type DiceMath,
  fraction,
  fromBorder,
  fromChance,
  fromMultiplier,
  fromThreshold,
  multiplierText,
  payoutUnits,
  thresholdText,
  wins,
} from "@app/games/dice/linking";
import { describe, expect, it } from "vitest";

const math: DiceMath = { outcomes: 10_000, winMin: 1, winMax: 9_800, rtp: fraction("0.99") };

describe("the three fields are one number", () => {
  it.each([
    [4950, "49.50", "2.0000"],
    [9800, "98.00", "1.0102"],
    [1, "0.01", "9900.0000"],
    [5000, "50.00", "1.9800"],
    [3333, "33.33", "2.9703"],
  ])("%i winning outcomes", (n, chance, multiplier) => {
    expect(chanceText(n, math)).toBe(chance);
    expect(multiplierText(n, math)).toBe(multiplier);
    expect(fromChance(chance, math)).toBe(n);
    expect(fromMultiplier(multiplier, math)).toBe(n);
  });

  it("every win set comes back through each field", () => {
    for (let n = math.winMin; n <= math.winMax; n += 1) {
      expect(fromChance(chanceText(n, math), math)).toBe(n);
      for (const direction of ["under", "over"] as const) {
        expect(fromThreshold(thresholdText(n, direction, math), direction, math)).toBe(n);
        expect(fromBorder(borderOf(n, direction, math), direction, math)).toBe(n);
      }
    }
  });

  it("reads commas and half-typed numbers, and ignores nonsense", () => {
    expect(fromChance("49,5", math)).toBe(4950);
    expect(fromChance("49.", math)).toBe(4900);
    for (const text of ["", "abc", "-1", "1e2", "1.2.3"]) {
      expect(fromChance(text, math)).toBeNull();
      expect(fromMultiplier(text, math)).toBeNull();
      expect(fromThreshold(text, "over", math)).toBeNull();
    }
    expect(fromMultiplier("0", math)).toBeNull();
  });

  it("stays within what the house takes", () => {
    expect(fromChance("100", math)).toBe(9800);
    expect(fromChance("0", math)).toBe(1);
    expect(fromMultiplier("1", math)).toBe(9800);
    expect(fromMultiplier("999999999", math)).toBe(1);
    expect(fromThreshold("99.99", "over", math)).toBe(1);
  });
});

it("the border says exactly which rolls win", () => {
  for (const direction of ["under", "over"] as const) {
    for (const n of [1, 4950, 9800]) {
      let winning = 0;
      for (let roll = 0; roll < math.outcomes; roll += 1) {
        if (wins(roll, n, direction, math)) winning += 1;
      }
      expect(winning).toBe(n);
    }
  }
  expect(thresholdText(4950, "under", math)).toBe("49.50");
  expect(thresholdText(4950, "over", math)).toBe("50.49");
});

it("payouts use the exact fraction and are cut to whole units", () => {
  expect(payoutUnits(100n, 4950, math)).toBe(200n);
  // 1.00 at 33.33 % pays 2.970297..., not the rounded 2.9703.
  expect(payoutUnits(100_000_000_000n, 3333, math)).toBe(297_029_702_970n);
  expect(payoutUnits(1n, 9800, math)).toBe(1n);
});
