/** Query keys, in one place so that an event can name what it made stale. */

export const keys = {
  games: (search: { q?: string; category?: string } = {}) => ["games", search] as const,
  game: (id: string) => ["game", id] as const,
  launch: (id: string, currency: string, mode: string, attempt: number) =>
    ["launch", id, currency, mode, attempt] as const,
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
