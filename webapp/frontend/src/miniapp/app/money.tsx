/** Amounts on screen, and the currency that is being played. */

import { useSession } from "@shared/api/session";
import type { Account, CurrencyView } from "@shared/api/types";
import { useWallet } from "@shared/api/wallet";
import { useTexts } from "@shared/i18n";
import { formatUnits, type Shown, unitsOf } from "@shared/money/decimal";
import { useCallback, useMemo } from "react";
import { create } from "zustand";

const CHOSEN = "croupier:currency";
const NBSP = "\u00a0";
const GLANCE_PLACES = 4;

// undefined: not looked up yet. A storage is never touched while modules load: see shared/storage.
const useChosen = create<{ code: string | null | undefined }>(() => ({ code: undefined }));

export function chooseCurrency(code: string): void {
  localStorage.setItem(CHOSEN, code);
  useChosen.setState({ code });
}

/** Every currency of this surface, in the house's order. */
export function useCurrencies(): readonly CurrencyView[] {
  return useSession((state) => state.config?.currencies) ?? [];
}

/** The chosen currency, else the first with money in it, else the house's first. */
export function useCurrency(): CurrencyView | null {
  const currencies = useCurrencies();
  const here = useChosen((state) => state.code);
  const chosen = here === undefined ? localStorage.getItem(CHOSEN) : here;
  const accounts = useWallet((state) => state.accounts);
  return (
    currencies.find((c) => c.code === chosen) ??
    currencies.find((c) => /[1-9]/.test(accounts[c.code]?.available ?? "")) ??
    currencies[0] ??
    null
  );
}

export function useDecimals(): (code: string) => number {
  const currencies = useCurrencies();
  return useCallback(
    (code) => currencies.find((c) => c.code === code)?.decimals ?? 2,
    [currencies],
  );
}

export interface Amounts {
  /** "1,234.5 TON" in full. */
  full: (amount: string, code: string, how?: Partial<Shown>) => string;
  /** The number alone, cut to what a glance can read. */
  glance: (amount: string, code: string) => string;
}

export function useAmounts(): Amounts {
  const language = useTexts((state) => state.language);
  const decimals = useDecimals();
  return useMemo(
    () => ({
      full(amount, code, how) {
        const d = decimals(code);
        return `${formatUnits(unitsOf(amount, d), d, { language, ...how })}${NBSP}${code}`;
      },
      glance(amount, code) {
        const d = decimals(code);
        return formatUnits(unitsOf(amount, d), d, { language, places: GLANCE_PLACES });
      },
    }),
    [language, decimals],
  );
}

const nothing = (currency: string): Account => ({
  currency,
  available: "0",
  held: "0",
  bonus: "0",
  version: 0,
});

export function useAccount(code: string | undefined): Account | null {
  const account = useWallet((state) => (code ? state.accounts[code] : undefined));
  const loaded = useWallet((state) => state.loaded);
  if (!code || !loaded) return null;
  return account ?? nothing(code);
}
