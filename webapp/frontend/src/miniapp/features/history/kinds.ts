/** What a movement of money is called and looks like. */

import type { Entry } from "@shared/api/types";
import type { MessageId } from "@shared/i18n/ids";
import type { IconName } from "@shared/ui/icon";

interface Kind {
  label: MessageId;
  icon: IconName;
}

const kinds: Record<string, Kind> = {
  bet: { label: "app-kind-bet", icon: "spade" },
  tip: { label: "app-kind-tip", icon: "gift" },
  buy_in: { label: "app-kind-buy-in", icon: "cards" },
  promo_bet: { label: "app-kind-promo-bet", icon: "gift" },
  bonus_buy: { label: "app-kind-bonus-buy", icon: "bolt" },
  win: { label: "app-kind-win", icon: "spade" },
  free_spin_win: { label: "app-kind-free-spin-win", icon: "gift" },
  jackpot: { label: "app-kind-jackpot", icon: "bolt" },
  promo_win: { label: "app-kind-promo-win", icon: "gift" },
  tournament_win: { label: "app-kind-tournament-win", icon: "bolt" },
  payout: { label: "app-kind-payout", icon: "spade" },
  game_correction_up: { label: "app-kind-game-correction-up", icon: "adjust" },
  game_correction_down: { label: "app-kind-game-correction-down", icon: "adjust" },
  reversal: { label: "app-kind-reversal", icon: "undo" },
  finish: { label: "app-kind-finish", icon: "check" },
  deposit: { label: "app-kind-deposit", icon: "incoming" },
  grant: { label: "app-kind-grant", icon: "gift" },
  correction_up: { label: "app-kind-correction-up", icon: "adjust" },
  correction_down: { label: "app-kind-correction-down", icon: "adjust" },
  hold: { label: "app-kind-hold", icon: "lock" },
  capture: { label: "app-kind-capture", icon: "check" },
  release: { label: "app-kind-release", icon: "undo" },
};

const other: Kind = { label: "app-kind-other", icon: "adjust" };

export function kindOf(entry: Entry): Kind {
  return kinds[entry.kind] ?? other;
}

export type Direction = "in" | "out" | "none";

export function directionOf(entry: Entry): Direction {
  if (!/[1-9]/.test(entry.amount)) return "none";
  return entry.amount.startsWith("-") ? "out" : "in";
}
