/** Our tokens, computed from the colours that a Telegram client gives. */

import { contrast, type Hex, isDark, mix, parseHex } from "./color";

export type TelegramColours = Readonly<Record<string, string | undefined>>;
export type Scheme = "dark" | "light";

export interface Tokens {
  page: Hex;
  surface: Hex;
  raised: Hex;
  "raised-hover": Hex;
  well: Hex;
  /** A control that lies in a well: raised there would not be seen on light themes. */
  knob: Hex;
  line: Hex;
  fg: Hex;
  muted: Hex;
  faint: Hex;
  accent: Hex;
  "on-accent": Hex;
  "accent-soft": Hex;
  win: Hex;
  "win-fill": Hex;
  "on-win": Hex;
  "win-soft": Hex;
  lose: Hex;
  "lose-soft": Hex;
  gold: Hex;
  "gold-fill": Hex;
  "gold-soft": Hex;
  info: Hex;
}

export interface Theme {
  scheme: Scheme;
  tokens: Tokens;
}

const TEXT_CONTRAST_MIN = 4.5;
const BLACK: Hex = "#000000";
const WHITE: Hex = "#ffffff";

// What an old client leaves out. Dark and light defaults are Telegram's own night and day.
const DEFAULTS: Record<
  Scheme,
  Record<"bg" | "secondary" | "text" | "link" | "button" | "onButton", Hex>
> = {
  dark: {
    bg: "#17212b",
    secondary: "#232e3c",
    text: "#f5f5f5",
    link: "#6ab3f3",
    button: "#5288c1",
    onButton: "#ffffff",
  },
  light: {
    bg: "#ffffff",
    secondary: "#efeff4",
    text: "#000000",
    link: "#2481cc",
    button: "#2481cc",
    onButton: "#ffffff",
  },
};

/** Our own palette: outside Telegram, and for those who want a dark house in a light Telegram. */
const NIGHT = {
  page: "#0e1420",
  surface: "#161e2d",
  raised: "#222c3f",
  text: "#f2f5fb",
  accent: "#4c7dff",
  link: "#7ea2ff",
} as const satisfies Record<string, Hex>;

function readable(on: Hex, wanted: Hex): Hex {
  if (contrast(on, wanted) >= 3) return wanted;
  return contrast(on, WHITE) >= contrast(on, "#0b0f14") ? WHITE : "#0b0f14";
}

/** The colour itself where it reads on the ground, else as little of `end` as makes it read. */
function towardsContrast(colour: Hex, ground: Hex, end: Hex): Hex {
  for (let t = 0; t < 1; t += 0.05) {
    const tried = mix(colour, end, t);
    if (contrast(tried, ground) >= TEXT_CONTRAST_MIN) return tried;
  }
  return end;
}

interface Base {
  scheme: Scheme;
  page: Hex;
  surface: Hex;
  text: Hex;
  accent: Hex;
  onAccent: Hex;
  link: Hex;
}

function tokensOf(base: Base): Tokens {
  const { surface: s, text } = base;
  const dark = base.scheme === "dark";
  const legible = (colour: Hex) => towardsContrast(colour, s, dark ? WHITE : BLACK);
  const win = legible(dark ? "#1fd07a" : "#0b7d45");
  const lose = legible(dark ? "#ff5468" : "#d3253d");
  const gold = legible(dark ? "#ffc440" : "#8a5a00");
  const tint = (colour: Hex) => mix(s, colour, dark ? 0.16 : 0.12);
  return {
    page: base.page,
    surface: s,
    raised: mix(s, text, dark ? 0.08 : 0.06),
    "raised-hover": mix(s, text, dark ? 0.12 : 0.1),
    well: dark ? mix(s, BLACK, 0.3) : mix(s, text, 0.05),
    knob: dark ? mix(s, text, 0.08) : s,
    line: mix(s, text, 0.1),
    fg: text,
    muted: mix(s, text, dark ? 0.62 : 0.68),
    faint: mix(s, text, dark ? 0.42 : 0.48),
    accent: base.accent,
    "on-accent": base.onAccent,
    "accent-soft": tint(base.accent),
    win,
    "win-fill": dark ? "#1fd07a" : "#19c26f",
    "on-win": "#04210f",
    "win-soft": tint(dark ? "#1fd07a" : "#19c26f"),
    lose,
    "lose-soft": tint(lose),
    gold,
    "gold-fill": "#ffc440",
    "gold-soft": tint("#ffc440"),
    info: legible(base.link),
  };
}

/** The theme of a Telegram client; any colour may be missing or nonsense. */
export function fromTelegram(colours: TelegramColours): Theme {
  const given = (name: string) => parseHex(colours[name]);
  const scheme: Scheme = isDark(given("bg_color") ?? DEFAULTS.dark.bg) ? "dark" : "light";
  const fallback = DEFAULTS[scheme];
  const bg = given("bg_color") ?? fallback.bg;
  const section = given("section_bg_color") ?? bg;
  const surface = scheme === "dark" && section === BLACK ? "#121214" : section;
  const accent = given("button_color") ?? fallback.button;
  const page =
    scheme === "dark"
      ? mix(surface, BLACK, 0.22)
      : (given("secondary_bg_color") ?? fallback.secondary);
  return {
    scheme,
    tokens: tokensOf({
      scheme,
      page,
      surface,
      text: given("text_color") ?? fallback.text,
      accent,
      onAccent: readable(accent, given("button_text_color") ?? fallback.onButton),
      link: given("link_color") ?? fallback.link,
    }),
  };
}

export function night(): Theme {
  const tokens = tokensOf({
    scheme: "dark",
    page: NIGHT.page,
    surface: NIGHT.surface,
    text: NIGHT.text,
    accent: NIGHT.accent,
    onAccent: WHITE,
    link: NIGHT.link,
  });
  return { scheme: "dark", tokens: { ...tokens, raised: NIGHT.raised, knob: NIGHT.raised } };
}

export function day(): Theme {
  return fromTelegram({ bg_color: DEFAULTS.light.bg });
}
