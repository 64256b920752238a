/** Wires the WebSocket to the stores and tells the queries what it made stale. */

import { keys } from "@shared/api/keys";
import { LiveConnection, type LiveMessage, type LiveStatus } from "@shared/api/live";
import { accessToken, renew } from "@shared/api/session";
import type { Deposit } from "@shared/api/types";
import { takeAccounts } from "@shared/api/wallet";
import type { Platform } from "@shared/tg/platform";
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";

interface LiveState {
  status: LiveStatus;
  /** The newest credited deposit since this page was opened. */
  deposit: Deposit | null;
  notice: string | null;
}

export const useLive = create<LiveState>(() => ({
  status: "closed",
  deposit: null,
  notice: null,
}));

/** Connects until the returned function is called. */
export function connectLive(platform: Platform, queries: QueryClient): () => void {
  let wasOpen = false;
  const hear = (message: LiveMessage) => {
    if (message.t === "wallet") {
      takeAccounts(message.accounts);
      void queries.invalidateQueries({ queryKey: keys.anyHistory });
    } else if (message.t === "deposit") {
      useLive.setState({ deposit: message.deposit });
      void queries.invalidateQueries({ queryKey: keys.deposits });
      platform.notify("success");
    } else if (message.t === "notice") {
      useLive.setState({ notice: message.code });
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
      if (wasOpen) void queries.invalidateQueries({ queryKey: keys.deposits });
      wasOpen = true;
    },
  });
  const wake = () => connection.wake();
  window.addEventListener("online", wake);
  const offActivated = platform.onActivated(wake);
  connection.start();
  return () => {
    window.removeEventListener("online", wake);
    offActivated();
    connection.stop();
  };
}
