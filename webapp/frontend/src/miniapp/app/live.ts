/** Wires the WebSocket to the stores and tells the queries what it made stale. */

import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import { LiveConnection, type LiveMessage, type LiveStatus } from "@shared/api/live";
import { accessToken, renew, useSession } from "@shared/api/session";
import type { Deposit } from "@shared/api/types";
import { takeAccounts } from "@shared/api/wallet";
import type { Platform } from "@shared/tg/platform";
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import { cutGame, useOpenGame } from "./open-game";
import { takeUnavailable } from "./providers";

// Rounds move the wallet all the time; what is under way is asked for once in a while.
const UNFINISHED_PAUSE_MS = 5_000;

export interface Notice {
  id: number;
  code: string;
  reason: string | null;
}

interface LiveState {
  status: LiveStatus;
  /** The newest credited deposit since this page was opened. */
  deposit: Deposit | null;
  /** What the player was not shown yet, the oldest first. */
  notices: readonly Notice[];
}

export const useLive = create<LiveState>(() => ({
  status: "closed",
  deposit: null,
  notices: [],
}));

let lastNotice = 0;

export function dropNotice(id: number): void {
  useLive.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

function takeNotice(message: Extract<LiveMessage, { t: "notice" }>): void {
  const { code, reason = null, sessions = [] } = message;
  if (code === "account-frozen" || code === "account-unfrozen") {
    const frozen = code === "account-frozen";
    useSession.setState(({ player }) => ({ player: player && { ...player, frozen } }));
  }
  // The game that is open says so in its own place.
  if (code === "sessions-cut" && cutGame(sessions, reason ?? "")) return;
  lastNotice += 1;
  const notice = { id: lastNotice, code, reason };
  useLive.setState(({ notices }) => ({ notices: [...notices, notice] }));
}

/** A cut that was told while the line was down. */
async function lookAfterOpenGame(): Promise<void> {
  const { session } = useOpenGame.getState();
  if (session === null) return;
  const params = { path: { session_id: session } };
  const { open } = await call(api.GET("/api/v1/sessions/{session_id}", { params }));
  if (!open) cutGame([session], "");
}

/** Connects until the returned function is called. */
export function connectLive(platform: Platform, queries: QueryClient): () => void {
  let wasOpen = false;
  let asking: ReturnType<typeof setTimeout> | undefined;
  const askForUnfinished = () => {
    asking ??= setTimeout(() => {
      asking = undefined;
      void queries.invalidateQueries({ queryKey: keys.anyUnfinished });
    }, UNFINISHED_PAUSE_MS);
  };
  const hear = (message: LiveMessage) => {
    if (message.t === "wallet") {
      takeAccounts(message.accounts);
      void queries.invalidateQueries({ queryKey: keys.anyHistory });
      askForUnfinished();
    } else if (message.t === "deposit") {
      useLive.setState({ deposit: message.deposit });
      void queries.invalidateQueries({ queryKey: keys.deposits });
      platform.notify("success");
    } else if (message.t === "notice") {
      takeNotice(message);
      platform.notify("warning");
    } else if (message.t === "ready" || message.t === "providers") {
      takeUnavailable(message.unavailable);
    }
  };
  const connection = new LiveConnection({
    url: `${location.origin.replace(/^http/, "ws")}/api/v1/live`,
    token: accessToken,
    renew,
    onMessage: hear,
    onStatus(status) {
      useLive.setState({ status });
      if (status !== "open") return;
      // What was missed while the line was down.
      if (wasOpen) {
        void queries.invalidateQueries({ queryKey: keys.deposits });
        lookAfterOpenGame().catch(() => {}); // the game itself refuses bets
      }
      wasOpen = true;
    },
  });
  const wake = () => connection.wake();
  window.addEventListener("online", wake);
  const offActivated = platform.onActivated(wake);
  connection.start();
  return () => {
    clearTimeout(asking);
    window.removeEventListener("online", wake);
    offActivated();
    connection.stop();
  };
}
