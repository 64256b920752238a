/** Balances: one copy, fed by the WebSocket, by answers to bets and by the first read. */

import { create } from "zustand";
import type { Account } from "./types";

interface WalletState {
  accounts: Readonly<Record<string, Account>>;
  loaded: boolean;
}

export const useWallet = create<WalletState>(() => ({ accounts: {}, loaded: false }));

/** Takes in accounts; what is older than what we have is dropped. */
export function merge(
  known: Readonly<Record<string, Account>>,
  incoming: readonly Account[],
): Readonly<Record<string, Account>> {
  const next = { ...known };
  for (const account of incoming) {
    const old = next[account.currency];
    if (!old || account.version >= old.version) next[account.currency] = account;
  }
  return next;
}

export function takeAccounts(incoming: readonly Account[]): void {
  useWallet.setState((state) => ({ accounts: merge(state.accounts, incoming), loaded: true }));
}

/** Another player signed in. */
export function emptyWallet(): void {
  useWallet.setState({ accounts: {}, loaded: false });
}
