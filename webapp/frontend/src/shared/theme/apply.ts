/** Which theme is on, and writing it to the document. Framework-free: it paints before React. */

import { day, fromTelegram, night, type TelegramColours, type Theme } from "./derive";

export type ThemeChoice = "auto" | "night";
export type Effects = "full" | "lite" | "off";

const CHOICE_KEY = "croupier:theme";

let telegram: TelegramColours | null = null;
let current: Theme | null = null;
const listeners = new Set<(theme: Theme) => void>();

export function themeChoice(): ThemeChoice {
  return localStorage.getItem(CHOICE_KEY) === "night" ? "night" : "auto";
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(CHOICE_KEY, choice);
  paint();
}

/** The client's colours, now and whenever they change. */
export function setTelegramColours(colours: TelegramColours): void {
  telegram = colours;
  paint();
}

export function onTheme(listener: (theme: Theme) => void): () => void {
  listeners.add(listener);
  if (current) listener(current);
  return () => listeners.delete(listener);
}

function chosen(): Theme {
  if (themeChoice() === "night") return night();
  if (telegram) return fromTelegram(telegram);
  return matchMedia("(prefers-color-scheme: light)").matches ? day() : night();
}

export function paint(): void {
  const theme = chosen();
  current = theme;
  const root = document.documentElement;
  for (const [name, value] of Object.entries(theme.tokens)) {
    root.style.setProperty(`--${name}`, value);
  }
  root.dataset.scheme = theme.scheme;
  root.style.colorScheme = theme.scheme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", theme.tokens.page);
  for (const listener of listeners) listener(theme);
}

export function watchSystemScheme(): void {
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", paint);
}

/** How much movement this device gets; Android tells its performance class in the user agent. */
export function effectsOf(
  userAgent: string,
  memoryGb: number | undefined,
  calm: boolean,
): Effects {
  if (calm || (memoryGb !== undefined && memoryGb <= 2)) return "off";
  const performance = /Telegram-Android\/[^(]*\([^)]*;\s*(LOW|AVERAGE|HIGH)\)/.exec(
    userAgent,
  )?.[1];
  if (performance === "LOW") return "off";
  return performance === "AVERAGE" ? "lite" : "full";
}

export function applyEffects(): Effects {
  const { deviceMemory } = navigator as Navigator & { deviceMemory?: number };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const effects = effectsOf(navigator.userAgent, deviceMemory, calm);
  document.documentElement.dataset.effects = effects;
  return effects;
}
