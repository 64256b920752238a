/** A house where games are played: launches, sessions, sums and rounds under way. */

import type { UnfinishedRound } from "@shared/api/types";
import { act } from "@testing-library/react";
import { LargeHouse } from "./lobby-house";

/** A house whose games can be launched, with what is played in them. */
export class PlayedHouse extends LargeHouse {
  away = false;
  unavailable: string[] = [];
  rounds: UnfinishedRound[] = [];
  ended = new Set<string>();
  sums: unknown[] = [];
  launches = 0;
  paths: string[] = [];

  readonly serving = async (input: Request | string, init?: RequestInit): Promise<Response> => {
    const request =
      input instanceof Request ? input : new Request(new URL(input, location.href), init);
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace("/api/v1", "");
    this.paths.push(path + search);
    if (/^\/games\/\d+\/launch$/.test(path)) return this.#launch();
    const id = /^\/games\/(\d+)$/.exec(path)?.[1];
    if (id) return Response.json(this.games.find((one) => one.id === id));
    if (path === "/providers") return Response.json({ unavailable: this.unavailable });
    if (path === "/rounds/unfinished") return Response.json({ rounds: this.rounds });
    if (path === "/sessions/summary")
      return Response.json({ since: "2026-11-24T06:00:00Z", currencies: this.sums });
    const session = /^\/sessions\/(\w+)$/.exec(path)?.[1];
    if (session) return Response.json({ open: !this.ended.has(session) });
    return this.answering(input, init);
  };

  #launch(): Response {
    if (this.away)
      return Response.json({ code: "provider-unavailable", message: "?" }, { status: 503 });
    this.launches += 1;
    const session_id = `s${this.launches}`;
    return Response.json({ launch_url: `${location.origin}/game`, session_id });
  }
}

/** The live line, spoken into by the test. */
export class Line {
  static all: Line[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    Line.all.push(this);
  }
  send() {}
  close() {}
  say(message: object): void {
    act(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }
}
