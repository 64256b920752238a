/** Who is playing: tokens in memory, a copy in sessionStorage, and how they are renewed. */

import createClient from "openapi-fetch";
import { create } from "zustand";
import type { Platform } from "../tg/platform";
import { ApiError, asApiError, problemOf } from "./errors";
import type { paths } from "./schema";
import type { Config, Player, Session } from "./types";

export type Phase =
  | "starting"
  | "landing" // outside Telegram, nobody signed in
  | "in"
  | "reopen" // Telegram must hand over fresh init data
  | "unreachable";

interface SessionState {
  phase: Phase;
  config: Config | null;
  player: Player | null;
  failure: ApiError | null;
}

interface Tokens {
  proof: string;
  access: string;
  refresh: string;
}

const STORED = "croupier:session";
const BROWSER_PROOF = "browser";
const TIMEOUT_MS = 15_000;
const NO_CONTENT = 204;

export const useSession = create<SessionState>(() => ({
  phase: "starting",
  config: null,
  player: null,
  failure: null,
}));

// Sign-in calls carry no bearer token, and a 401 from them is an answer, not a reason to renew.
const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: (request) => timedFetch(request),
});

let platform: Platform;
let tokens: Tokens | null = null;
let renewal: Promise<boolean> | null = null;

/** `fetch` that gives up, and whose failure is an ApiError. */
export async function timedFetch(request: Request): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  request.signal.addEventListener("abort", () => stop.abort());
  try {
    return await fetch(request, { signal: stop.signal });
  } catch {
    throw new ApiError("network", 0);
  } finally {
    clearTimeout(timer);
  }
}

/** The data of a call, or its ApiError. */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw asApiError(cause);
  });
  if (!response.ok) throw await problemOf(response, error);
  // A success without a body where one is due is a proxy's doing: nobody knows what happened.
  if (data === undefined && response.status !== NO_CONTENT) throw new ApiError("unexpected", 0);
  return data as T;
}

export function accessToken(): string | null {
  return tokens?.access ?? null;
}

function proof(): string {
  return platform.launch?.proof ?? BROWSER_PROOF;
}

function adopt(session: Session): void {
  tokens = { proof: proof(), access: session.access_token, refresh: session.refresh_token };
  sessionStorage.setItem(STORED, JSON.stringify(tokens));
  useSession.setState({ phase: "in", player: session.player, failure: null });
}

function stored(): Tokens | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORED) ?? "null") as Tokens | null;
    return kept?.proof === proof() && kept.access && kept.refresh ? kept : null;
  } catch {
    return null;
  }
}

function forget(): void {
  tokens = null;
  sessionStorage.removeItem(STORED);
}

async function byInitData(): Promise<boolean> {
  if (!platform.launch) return false;
  try {
    const body = { init_data: platform.launch.initData };
    adopt(await unwrap(client.POST("/api/v1/auth/telegram", { body })));
    return true;
  } catch (error) {
    if (asApiError(error).unanswered) throw error;
    return false;
  }
}

async function byRefresh(): Promise<boolean> {
  if (!tokens) return false;
  try {
    const body = { refresh_token: tokens.refresh };
    adopt(await unwrap(client.POST("/api/v1/auth/refresh", { body })));
    return true;
  } catch (error) {
    if (asApiError(error).unanswered) throw error;
    return false;
  }
}

/**
 * Gets a token other than `used`, once for all who ask. False when the player must come back
 * through Telegram or the landing page; throws when the server does not answer.
 */
export function renew(used: string | null): Promise<boolean> {
  if (used !== accessToken()) return Promise.resolve(tokens !== null);
  renewal ??= (async () => {
    if ((await byRefresh()) || (await byInitData())) return true;
    forget();
    useSession.setState({ phase: platform.launch ? "reopen" : "landing", player: null });
    return false;
  })().finally(() => {
    renewal = null;
  });
  return renewal;
}

/** First sign-in of this page load, in parallel with everything else that boots. */
export async function start(surroundings: Platform): Promise<void> {
  platform = surroundings;
  useSession.setState({ phase: "starting", failure: null });
  const configured = readConfig();
  try {
    tokens = stored();
    const known = tokens && (await readPlayer());
    if (known) useSession.setState({ phase: "in", player: known });
    else if (useSession.getState().phase === "starting" && !(await byInitData())) {
      forget();
      useSession.setState({ phase: platform.launch ? "reopen" : "landing" });
    }
    await configured;
  } catch (error) {
    useSession.setState({ phase: "unreachable", failure: asApiError(error) });
    await configured.catch(() => {});
  }
}

async function readConfig(): Promise<void> {
  const params = { query: { surface: platform.surface } };
  useSession.setState({ config: await unwrap(client.GET("/api/v1/config", { params })) });
}

async function readPlayer(): Promise<Player | null> {
  const ask = () => {
    const headers = { Authorization: `Bearer ${accessToken()}` };
    return unwrap(client.GET("/api/v1/me", { headers }));
  };
  try {
    return await ask();
  } catch (error) {
    if (asApiError(error).status !== 401) throw error;
    return (await renew(accessToken())) ? await ask() : null;
  }
}

export async function signInAsDemo(): Promise<void> {
  adopt(await unwrap(client.POST("/api/v1/auth/demo")));
}

export function signOut(): void {
  forget();
  useSession.setState({ phase: "landing", player: null });
}
