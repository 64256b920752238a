import { asLanguage, bundleOf } from "@shared/i18n";
import en from "@shared/i18n/en";
import ru from "@shared/i18n/ru";
import { describe, expect, it } from "vitest";

const bundles = { en: bundleOf("en", en), ru: bundleOf("ru", ru) };

function say(language: "en" | "ru", id: string, variables: Record<string, string | number>) {
  const pattern = bundles[language].getMessage(id)?.value;
  return pattern ? bundles[language].formatPattern(pattern, variables) : null;
}

describe("texts", () => {
  it("count as each language does", () => {
    const of = (language: "en" | "ru", count: number) =>
      say(language, "app-fair-revealed", { count });
    expect(of("en", 1)).toContain("1 bet");
    expect(of("en", 5)).toContain("5 bets");
    expect(of("ru", 1)).toContain("последней 1 ставки");
    expect(of("ru", 22)).toContain("последних 22 ставок");
  });

  it("put variables in without invisible marks", () => {
    expect(say("en", "app-request-id", { id: "a1" })).toBe("Reference: a1");
  });

  it("know their languages", () => {
    expect(asLanguage("ru-RU")).toBe("ru");
    expect(asLanguage("EN")).toBe("en");
    expect(asLanguage("de")).toBeNull();
    expect(asLanguage(null)).toBeNull();
  });
});
