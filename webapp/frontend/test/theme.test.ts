import { effectsOf } from "@shared/theme/apply";
import { contrast, isDark, mix, parseHex } from "@shared/theme/color";
import { day, fromTelegram, night, type Theme } from "@shared/theme/derive";
import { describe, expect, it } from "vitest";

const palettes = {
  "android dark": {
    bg_color: "#17212b",
    section_bg_color: "#17212b",
    secondary_bg_color: "#232e3c",
    text_color: "#f5f5f5",
    hint_color: "#708499",
    link_color: "#6ab3f3",
    button_color: "#5288c1",
    button_text_color: "#ffffff",
  },
  "android day": {
    bg_color: "#ffffff",
    section_bg_color: "#ffffff",
    secondary_bg_color: "#f0f0f0",
    text_color: "#222222",
    link_color: "#2678b6",
    button_color: "#50a8eb",
    button_text_color: "#ffffff",
  },
  "ios dark": {
    bg_color: "#000000",
    section_bg_color: "#1c1c1d",
    secondary_bg_color: "#1c1c1d",
    text_color: "#ffffff",
    link_color: "#3e88f7",
    button_color: "#3e88f7",
    button_text_color: "#ffffff",
  },
  "ios light": {
    bg_color: "#ffffff",
    section_bg_color: "#ffffff",
    secondary_bg_color: "#efeff4",
    text_color: "#000000",
    link_color: "#007aff",
    button_color: "#007aff",
    button_text_color: "#ffffff",
  },
  "desktop night": {
    bg_color: "#282e33",
    section_bg_color: "#282e33",
    secondary_bg_color: "#313b43",
    text_color: "#f5f5f5",
    link_color: "#4be1c3",
    button_color: "#3fc1b0",
    button_text_color: "#ffffff",
  },
};

const themes: [string, Theme][] = [
  ...Object.entries(palettes).map(([name, p]): [string, Theme] => [name, fromTelegram(p)]),
  ["night", night()],
  ["day", day()],
  ["an old client that says nothing", fromTelegram({})],
];

describe.each(themes)("%s", (_name, { tokens }) => {
  it.each(["page", "surface", "raised", "well"] as const)("text reads on %s", (ground) => {
    expect(contrast(tokens.fg, tokens[ground])).toBeGreaterThanOrEqual(7);
    expect(contrast(tokens.muted, tokens[ground])).toBeGreaterThanOrEqual(4.5);
  });

  it("wins, losses and gold read on the surface", () => {
    for (const name of ["win", "lose", "gold", "info"] as const) {
      expect(contrast(tokens[name], tokens.surface)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("buttons can be read", () => {
    expect(contrast(tokens["on-accent"], tokens.accent)).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens["on-win"], tokens["win-fill"])).toBeGreaterThanOrEqual(7);
  });

  it("is plain hex: old web views have no color-mix", () => {
    for (const value of Object.values(tokens)) expect(value).toMatch(/^#[0-9a-f]{6}$/);
  });
});

it("derives what the design says for Android dark", () => {
  expect(fromTelegram(palettes["android dark"]).tokens).toMatchObject({
    page: "#121a22",
    surface: "#17212b",
    raised: "#29323b",
    well: "#10171e",
    line: "#2d363f",
    muted: "#a1a4a8",
  });
});

it("softens pure black and tells dark from light", () => {
  const black = fromTelegram({ bg_color: "#000000", text_color: "#ffffff" });
  expect(black.tokens.surface).toBe("#121214");
  expect(black.scheme).toBe("dark");
  expect(fromTelegram({ bg_color: "#fff" }).scheme).toBe("light");
});

it("survives nonsense from the client", () => {
  const theme = fromTelegram({ bg_color: "red", text_color: "", button_color: "#12" });
  expect(theme).toEqual(fromTelegram({}));
});

it("mixes and parses", () => {
  expect(mix("#000000", "#ffffff", 0.5)).toBe("#808080");
  expect(parseHex("#AbC")).toBe("#aabbcc");
  expect(parseHex("url(javascript:1)")).toBeNull();
  expect([isDark("#17212b"), isDark("#efeff4")]).toEqual([true, false]);
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
});

it("moves less on weak devices", () => {
  const android = (level: string) =>
    `Mozilla/5.0 Telegram-Android/11.3.3 (Google Pixel; Android 14; SDK 34; ${level})`;
  expect(effectsOf(android("LOW"), 8, false)).toBe("off");
  expect(effectsOf(android("AVERAGE"), 8, false)).toBe("lite");
  expect(effectsOf(android("HIGH"), 8, false)).toBe("full");
  expect(effectsOf("Mozilla/5.0", 2, false)).toBe("off");
  expect(effectsOf("Mozilla/5.0", undefined, true)).toBe("off");
});
