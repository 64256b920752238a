/** A house with many games, for the lobby: answers by query, and only when it is let. */

import { App } from "@app/app/app";
import { signInAsDemo, signOut, start, useSession } from "@shared/api/session";
import type { Game } from "@shared/api/types";
import { switchLanguage } from "@shared/i18n";
import { browserPlatform } from "@shared/tg/browser";
import { act, cleanup, render } from "@testing-library/react";
import { vi } from "vitest";
import { FakeHouse } from "./house";

export function game(n: number, part: Partial<Game> = {}): Game {
  return {
    id: String(n),
    title: `Game ${n}`,
    studio: "Aurora",
    provider: "studio",
    category: "slots",
    image: null,
    own: null,
    has_demo: true,
    rtp: null,
    has_free_spins: false,
    has_tables: false,
    volatility: "high",
    features: [],
    new_on: null,
    ...part,
  };
}

const dice = game(1, { title: "Dice", own: "dice", category: "instant", provider: "house" });

export class LargeHouse extends FakeHouse {
  queries: URLSearchParams[] = [];
  facets: URLSearchParams[] = [];
  favourites: Game[] = [];
  /** Answers to searches wait here until they are let go. */
  held = new Map<string, () => void>();
  holding = false;
  /** Refuses favourites, when it is let. */
  refusal: Promise<void> | null = null;

  constructor(readonly games: readonly Game[]) {
    super();
  }

  readonly answering = async (input: Request | string, init?: RequestInit): Promise<Response> => {
    const request =
      input instanceof Request ? input : new Request(new URL(input, location.href), init);
    const { pathname, searchParams: asked } = new URL(request.url);
    const path = pathname.replace("/api/v1", "");
    const heart = /^\/games\/(\d+)\/favourite$/.exec(path)?.[1];
    if (heart) {
      this.asked.push({ method: request.method, path, key: null, token: null, body: null });
      return this.#favour(heart, request.method === "PUT");
    }
    if (path === "/games/facets") {
      this.facets.push(asked);
      return Response.json(this.#facets());
    }
    if (path !== "/games") return this.fetch(input, init);
    this.queries.push(asked);
    const q = asked.get("q");
    if (q !== null && this.holding) {
      await new Promise<void>((resolve) => this.held.set(q, resolve));
    }
    return Response.json(this.#page(asked));
  };

  async #favour(id: string, on: boolean): Promise<Response> {
    if (this.refusal) {
      await this.refusal;
      return Response.json({ code: "busy", message: "?" }, { status: 409 });
    }
    this.favourites = this.favourites.filter((kept) => kept.id !== id);
    const found = this.games.find((one) => one.id === id);
    if (on && found) this.favourites = [found, ...this.favourites];
    return new Response(null, { status: 204 });
  }

  #page(asked: URLSearchParams) {
    const categories = ["slots", "instant"];
    const collection = asked.get("collection");
    if (collection === "favourites") return { games: this.favourites, categories, next: null };
    if (collection === "recent") return { games: [], categories, next: null };
    if (asked.get("provider") === "house") return { games: [dice], categories, next: null };
    const q = asked.get("q")?.toLowerCase();
    const category = asked.get("category");
    const found = this.games.filter(
      (one) =>
        (!q || one.title.toLowerCase().includes(q)) && (!category || one.category === category),
    );
    const from = Number(asked.get("cursor") ?? 0);
    const to = from + Number(asked.get("limit"));
    const next = to < found.length ? String(to) : null;
    return { games: found.slice(from, to), categories, next };
  }

  #facets() {
    return {
      games: this.games.length,
      categories: [
        { value: "slots", games: this.games.length },
        { value: "instant", games: 1 },
      ],
      studios: [
        { value: "Aurora", games: 40 },
        { value: "Borealis", games: 12 },
      ],
      providers: [],
      volatilities: [{ value: "high", games: 7 }],
      features: [{ value: "megaways", games: 5 }],
      tags: [],
    };
  }
}

class NoSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  send() {}
  close() {}
}

let looking: (() => void)[] = [];

/** Sees nothing until the test scrolls down. */
class Observer {
  constructor(private readonly report: (entries: { isIntersecting: boolean }[]) => void) {}
  readonly #see = () => this.report([{ isIntersecting: true }]);
  observe() {
    looking.push(this.#see);
  }
  disconnect() {
    looking = looking.filter((see) => see !== this.#see);
  }
}

export function scrollDown(): void {
  act(() => {
    for (const see of [...looking]) see();
  });
}

export function open(house: LargeHouse): void {
  looking = [];
  sessionStorage.clear();
  localStorage.clear();
  vi.stubGlobal("fetch", house.answering);
  vi.stubGlobal("WebSocket", NoSocket);
  vi.stubGlobal("IntersectionObserver", Observer);
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener() {},
    removeEventListener() {},
  }));
}

export function close(): void {
  act(signOut);
  cleanup();
  vi.unstubAllGlobals();
}

let visits = 0;

/**
 * Opens an address, as another player each time: what a player was answered is remembered. So is
 * what everybody is answered, wherefore no two tests ask for the same games.
 */
export async function visit(address: string): Promise<void> {
  visits += 1;
  await switchLanguage("en");
  history.replaceState(null, "", `/app${address}`);
  const platform = browserPlatform();
  await start(platform);
  await signInAsDemo();
  useSession.setState(({ player }) => ({
    player: player && { ...player, id: `${visits}`, terms_accepted: true },
  }));
  render(<App platform={platform} />);
}
