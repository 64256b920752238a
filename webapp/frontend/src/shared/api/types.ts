/** The contract's answers by endpoint, so that nothing depends on the names of its schemas. */

import type { paths } from "./schema";

type Ok<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

type Sent<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody: { content: { "application/json": infer Body } };
}
  ? Body
  : never;

type Asked<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  parameters: { query?: infer Query };
}
  ? NonNullable<Query>
  : never;

export type Config = Ok<"/api/v1/config", "get">;
export type CurrencyView = Config["currencies"][number];
export type Session = Ok<"/api/v1/auth/refresh", "post">;
export type Player = Ok<"/api/v1/me", "get">;
export type Account = Ok<"/api/v1/wallet", "get">["accounts"][number];
export type History = Ok<"/api/v1/wallet/history", "get">;
export type Entry = History["items"][number];
export type Games = Ok<"/api/v1/games", "get">;
export type Game = Games["games"][number];
export type GamesQuery = Asked<"/api/v1/games", "get">;
export type Facets = Ok<"/api/v1/games/facets", "get">;
export type FacetsQuery = Asked<"/api/v1/games/facets", "get">;
export type Table = Ok<"/api/v1/games/{game_id}/tables", "get">["tables"][number];
export type GameLaunch = Ok<"/api/v1/games/{game_id}/launch", "post">;
export type UnfinishedRounds = Ok<"/api/v1/rounds/unfinished", "get">;
export type UnfinishedRound = UnfinishedRounds["rounds"][number];
export type Played = Ok<"/api/v1/sessions/summary", "get">["currencies"][number];
export type Seeds = Ok<"/api/v1/fairness", "get">;
export type Rotation = Ok<"/api/v1/fairness/rotate", "post">;
export type DiceRules = Ok<"/api/v1/house/dice", "get">;
export type DiceBet = Sent<"/api/v1/house/dice/bets", "post">;
export type Direction = DiceBet["direction"];
export type Round = Ok<"/api/v1/house/rounds/{round_id}", "get">;
export type DepositMethod = Ok<"/api/v1/deposit/methods", "get">["methods"][number];
export type DepositTarget = Ok<"/api/v1/deposit/target", "post">;
export type Deposit = Ok<"/api/v1/deposits", "get">["deposits"][number];
