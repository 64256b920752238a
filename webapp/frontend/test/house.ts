/** A small stand-in for the server: answers by path, remembers what it was asked. */

import type { Account, Config, DiceRules, Game, Player, Round } from "@shared/api/types";

export interface Asked {
  method: string;
  path: string;
  key: string | null;
  token: string | null;
  body: unknown;
}

const player: Player = {
  id: "1001",
  name: "Maria",
  language: "en",
  surface: "web",
  terms_accepted: false,
  frozen: false,
};

const config: Config = {
  mode: "demo",
  bot_username: "house_bot",
  languages: ["en", "ru"],
  currencies: [{ code: "FUN", decimals: 2, play_money: true }],
  demo_sign_in: true,
  terms_version: "1",
};

const dice: Game = {
  id: "1",
  title: "Dice",
  studio: "Croupier",
  provider: "house",
  category: "instant",
  image: null,
  own: "dice",
  has_demo: false,
  rtp: "99.00",
};

const rules: DiceRules = {
  limits: [{ currency: "FUN", minimum: "0.10", maximum: "1000" }],
  return_to_player: "0.99",
  win_numbers_min: 1,
  win_numbers_max: 9800,
  outcomes: 10_000,
};

function account(available: string, version: number): Account {
  return { currency: "FUN", available, held: "0", bonus: "0", version };
}

export const round: Round = {
  id: "77",
  at: "2026-11-24T06:00:00Z",
  game: "dice",
  currency: "FUN",
  stake: "1",
  payout: "2.00",
  won: true,
  roll: "12.34",
  multiplier: "2.0000",
  direction: "under",
  win_numbers: 4950,
  verification: {
    algorithm: "dice/v2",
    server_seed_hash: "ab",
    server_seed: null,
    client_seed: "cd",
    nonce: 1,
  },
  account: account("101.00", 2),
};

export class FakeHouse {
  asked: Asked[] = [];
  /** How many calls of a path get no answer at all. */
  silent = new Map<string, number>();
  /** Tokens that were withdrawn. */
  refused = new Set<string>();
  #issued = 0;
  #accepted = false;

  readonly fetch = async (input: Request | string, init?: RequestInit): Promise<Response> => {
    const request =
      input instanceof Request ? input : new Request(new URL(input, location.href), init);
    const { pathname } = new URL(request.url);
    const path = pathname.replace("/api/v1", "");
    const text = await request.text();
    const token = request.headers.get("Authorization");
    this.asked.push({
      method: request.method,
      path,
      key: request.headers.get("Idempotency-Key"),
      token,
      body: text ? JSON.parse(text) : null,
    });
    const silent = this.silent.get(path) ?? 0;
    if (silent > 0) {
      this.silent.set(path, silent - 1);
      throw new TypeError("Failed to fetch");
    }
    if (token && this.refused.has(token)) return answer({ code: "unauthorised" }, 401);
    const found = this.#answer(path);
    return found === undefined ? answer({ code: "not-found", message: "?" }, 404) : answer(found);
  };

  to(path: string): Asked[] {
    return this.asked.filter((call) => call.path === path);
  }

  #player(): Player {
    return { ...player, terms_accepted: this.#accepted };
  }

  #answer(path: string): unknown {
    switch (path) {
      case "/config":
        return config;
      case "/auth/demo":
      case "/auth/refresh":
        this.#issued += 1;
        return {
          access_token: `a${this.#issued}`,
          expires_in: 900,
          refresh_token: `r${this.#issued}`,
          player: this.#player(),
        };
      case "/me":
        return this.#player();
      case "/me/terms":
        this.#accepted = true;
        return this.#player();
      case "/wallet":
        return { accounts: [account("100.00", 1)] };
      case "/games":
        return { games: [dice], categories: ["instant"] };
      case "/deposit/methods":
        return { methods: [] };
      case "/house/dice":
        return rules;
      case "/house/rounds":
        return { rounds: [], next: null };
      case "/house/dice/bets":
        return round;
      default:
        return undefined;
    }
  }
}

function answer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json" },
  });
}
