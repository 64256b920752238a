/** Query keys, in one place so that an event can name what it made stale. */

import type { FacetsQuery, GamesQuery } from "./types";

export const keys = {
  shelf: (query: GamesQuery) => ["games", "shelf", query] as const,
  gamePages: (query: GamesQuery) => ["games", "pages", query] as const,
  facets: (query: FacetsQuery) => ["games", "facets", query] as const,
  favourites: (playerId: string) => ["games", "favourites", playerId] as const,
  recent: (playerId: string) => ["games", "recent", playerId] as const,
  unfinished: (playerId: string) => ["unfinished", playerId] as const,
  anyUnfinished: ["unfinished"] as const,
  played: (seconds: number) => ["played", seconds] as const,
  game: (id: string) => ["game", id] as const,
  tables: (id: string, currency: string) => ["tables", id, currency] as const,
  launch: (id: string, currency: string, mode: string, table: string | null, attempt: number) =>
    ["launch", id, currency, mode, table, attempt] as const,
  history: (currency: string | null) => ["history", currency] as const,
  anyHistory: ["history"] as const,
  seeds: ["seeds"] as const,
  dice: ["dice"] as const,
  rounds: (game: string) => ["rounds", game] as const,
  round: (id: string) => ["round", id] as const,
  anyRound: ["round"] as const,
  depositMethods: ["deposit-methods"] as const,
  depositTarget: (rail: string, currency: string) => ["deposit-target", rail, currency] as const,
  deposits: ["deposits"] as const,
};
