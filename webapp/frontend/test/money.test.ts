import {
  cutDecimals,
  formatUnits,
  parseTyped,
  parseUnits,
  toDecimal,
  trimZeros,
} from "@shared/money/decimal";
import { describe, expect, it } from "vitest";

const TON = 9;
const FUN = 2;

describe("reading", () => {
  it.each([
    ["0", 0n],
    ["12.5", 12_500_000_000n],
    ["-0.000000001", -1n],
    ["0.100000000", 100_000_000n],
    // Beyond what a JavaScript number can hold exactly.
    ["9007199254740993.000000001", 9_007_199_254_740_993_000_000_001n],
  ])("%s", (text, units) => {
    expect(parseUnits(text, TON)).toBe(units);
    expect(toDecimal(units, TON)).toBe(trimZeros(text));
  });

  it.each(["", ".", "1.", ".5", "1e3", "0x10", "1,5", "NaN", "1.0000000001", "+1", " 1"])(
    "refuses %j",
    (text) => {
      expect(parseUnits(text, TON)).toBeNull();
    },
  );

  it("adds without the errors of floating point", () => {
    const sum = (parseUnits("0.1", FUN) ?? 0n) + (parseUnits("0.2", FUN) ?? 0n);
    expect(toDecimal(sum, FUN)).toBe("0.3");
  });
});

describe("what a person types", () => {
  it.each([
    ["1,5", "1.5"],
    ["1 000.25", "1000.25"],
    [".5", "0.5"],
    ["7.", "7"],
  ])("%s is %s", (typed, plain) => {
    expect(parseTyped(typed, FUN)).toBe(parseUnits(plain, FUN));
  });

  it.each(["", "-1", "abc", "1.001", "1,2,3"])("%j is no amount", (typed) => {
    expect(parseTyped(typed, FUN)).toBeNull();
  });
});

describe("showing", () => {
  it("groups by language and never by the machine's locale", () => {
    expect(formatUnits(123_456_789n, FUN, { language: "en" })).toBe("1,234,567.89");
    expect(formatUnits(123_456_789n, FUN, { language: "ru" })).toBe("1\u00a0234\u00a0567,89");
  });

  it("cuts towards zero: nobody is shown more than they have", () => {
    const almost = parseUnits("1.999999999", TON) ?? 0n;
    expect(formatUnits(almost, TON, { language: "en", places: 4 })).toBe("1.9999");
    expect(formatUnits(-almost, TON, { language: "en", places: 4 })).toBe("\u22121.9999");
  });

  it("pads, signs and handles currencies without decimals", () => {
    expect(formatUnits(100n, FUN, { language: "en", padding: 0 })).toBe("1");
    expect(formatUnits(150n, FUN, { language: "en", sign: "always" })).toBe("+1.50");
    expect(formatUnits(0n, FUN, { language: "en", sign: "always" })).toBe("0.00");
    expect(formatUnits(42n, 0, { language: "en" })).toBe("42");
  });

  it("trims and cuts plain decimals", () => {
    expect(trimZeros("99.00")).toBe("99");
    expect(trimZeros("96.10")).toBe("96.1");
    expect(trimZeros("100")).toBe("100");
    expect(cutDecimals("1.0102", 2)).toBe("1.01");
    expect(cutDecimals("2", 2)).toBe("2");
  });
});
