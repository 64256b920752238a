/** Texts: the same Fluent files as the bot's, one lazy chunk per language. */

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { ReactLocalization, useLocalization } from "@fluent/react";
import { useCallback } from "react";
import { create } from "zustand";
import { asApiError } from "../api/errors";
import { whenIdle } from "../lib/idle";
import type { MessageId } from "./ids";

export type Language = "en" | "ru";
export type Variables = Record<string, FluentVariable>;
export type Translate = (id: MessageId, variables?: Variables) => string;

const LANGUAGES: readonly Language[] = ["en", "ru"];
const CHOSEN = "croupier:language";

const loaders: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  en: () => import("./en"),
  ru: () => import("./ru"),
};

interface Texts {
  language: Language;
  l10n: ReactLocalization;
}

const silent = new ReactLocalization([], null, () => {});

export const useTexts = create<Texts>(() => ({ language: "en", l10n: silent }));

export function asLanguage(code: string | null | undefined): Language | null {
  const short = code?.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === short) ?? null;
}

/** The player's setting, then the client's language, then English. */
export function guessLanguage(clientLanguage: string | null): Language {
  return (
    asLanguage(localStorage.getItem(CHOSEN)) ??
    asLanguage(clientLanguage) ??
    asLanguage(navigator.language) ??
    "en"
  );
}

export function bundleOf(language: Language, files: Record<string, string>): FluentBundle {
  // Isolation marks would end up in copied texts, and the bot shows the same strings without them.
  const bundle = new FluentBundle(language, { useIsolating: false });
  for (const text of Object.values(files)) bundle.addResource(new FluentResource(text));
  return bundle;
}

async function loadBundle(language: Language): Promise<FluentBundle> {
  return bundleOf(language, (await loaders[language]()).default);
}

function show(language: Language, bundles: FluentBundle[]): void {
  useTexts.setState({ language, l10n: new ReactLocalization(bundles, null, () => {}) });
}

/** Loads and switches; English comes later behind the others, for ids that they lack. */
export async function switchLanguage(language: Language): Promise<void> {
  const bundle = await loadBundle(language);
  localStorage.setItem(CHOSEN, language);
  document.documentElement.lang = language;
  show(language, [bundle]);
  if (language === "en") return;
  whenIdle(() => {
    void loadBundle("en").then(
      (english) => {
        if (useTexts.getState().language === language) show(language, [bundle, english]);
      },
      () => {}, // a fallback that cannot be had is no failure
    );
  });
}

export function useT(): Translate {
  const { l10n } = useLocalization();
  return useCallback((id, variables) => l10n.getString(id, variables ?? null), [l10n]);
}

const OWN_CODES: Record<string, MessageId> = {
  network: "app-error-network",
  unexpected: "app-error-unexpected",
};

/** The words for a failure: ours by code, else the server's own. */
export function useErrorText(): (error: unknown) => string {
  const { l10n } = useLocalization();
  return useCallback(
    (error) => {
      const problem = asApiError(error);
      const id = OWN_CODES[problem.code] ?? `error-${problem.code}`;
      if (l10n.getBundle(id)) return l10n.getString(id, problem.values);
      return problem.words ?? l10n.getString("app-error-unexpected");
    },
    [l10n],
  );
}
