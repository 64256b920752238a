/** One armed bet: its key is made once and kept until the house has answered. */

import type { ApiError } from "@shared/api/errors";
import { asApiError } from "@shared/api/errors";
import { useCallback, useRef, useState } from "react";

export interface Armed<Order> {
  key: string;
  order: Order;
}

export type BetState<Order> =
  | { state: "ready" }
  | { state: "pending" }
  // No answer after all tries: the bet may stand. It is asked again with the same key, and no
  // other bet is taken meanwhile.
  | { state: "unknown"; armed: Armed<Order> };

const TRIES = 3;
const PAUSE_MS = 700;

/** A UUID also where `crypto.randomUUID` is missing (plain HTTP, older WebViews). */
export function newKey(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Sends with the same key until there is an answer; throws the last failure. */
export async function insist<Order, Result>(
  armed: Armed<Order>,
  send: (armed: Armed<Order>) => Promise<Result>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await send(armed);
    } catch (error) {
      if (!asApiError(error).unanswered || tried === TRIES) throw error;
      await pause(PAUSE_MS * tried);
    }
  }
}

interface BetOptions<Order, Result> {
  send: (armed: Armed<Order>) => Promise<Result>;
  onResult: (result: Result) => void;
  onRefused: (error: ApiError) => void;
}

export function useBet<Order, Result>(options: BetOptions<Order, Result>) {
  const [bet, setBet] = useState<BetState<Order>>({ state: "ready" });
  const busy = useRef(false);
  const latest = useRef(options);
  latest.current = options;

  const run = useCallback(async (armed: Armed<Order>) => {
    if (busy.current) return;
    busy.current = true;
    setBet({ state: "pending" });
    let result: Result;
    try {
      result = await insist(armed, latest.current.send);
    } catch (error) {
      const problem = asApiError(error);
      setBet(problem.unanswered ? { state: "unknown", armed } : { state: "ready" });
      latest.current.onRefused(problem);
      return;
    } finally {
      busy.current = false;
    }
    setBet({ state: "ready" });
    latest.current.onResult(result);
  }, []);

  const place = useCallback((order: Order) => run({ key: newKey(), order }), [run]);
  return { bet, place, again: run };
}
