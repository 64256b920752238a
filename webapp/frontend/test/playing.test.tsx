/** What a player sees of sessions, of providers that are away, and of the time played. */

import { dropNotice, useLive } from "@app/app/live";
import { cutGame, gameClosed, gameOpened, useOpenGame } from "@app/app/open-game";
import {
  BREAK_MS,
  checkedAt,
  isDue,
  keepPlay,
  played,
  readPlay,
  TICK_MS,
} from "@app/app/play-time";
import { useProviders } from "@app/app/providers";
import { closeAllSheets } from "@app/app/sheets-store";
import { useSession } from "@shared/api/session";
import type { UnfinishedRound } from "@shared/api/types";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { close, game, open, visit } from "./lobby-house";
import { Line, PlayedHouse } from "./played-house";

const MINUTE = 60_000;

let house: PlayedHouse;

beforeEach(() => {
  house = new PlayedHouse([game(10), game(11, { provider: "other" }), game(12)]);
  open(house);
  vi.stubGlobal("fetch", house.serving);
  Line.all = [];
  vi.stubGlobal("WebSocket", Line);
});

afterEach(() => {
  close();
  vi.useRealTimers();
  useProviders.setState({ unavailable: new Set(), heard: false });
  useLive.setState({ status: "closed", deposit: null, notices: [] });
  useOpenGame.setState({ session: null, cut: null });
});

async function line(): Promise<Line> {
  await waitFor(() => expect(Line.all.length).toBeGreaterThan(0));
  const latest = Line.all.at(-1) as Line;
  latest.say({ t: "ready", unavailable: [] });
  return latest;
}

function frame(): Promise<HTMLElement> {
  return screen.findByTitle(/^Game \d+$/);
}

describe("a session that the house ends", () => {
  it("closes its frame, says why, and leads to the lobby", async () => {
    await visit("/play/10");
    const live = await line();
    await frame();
    fireEvent.click(await screen.findByTestId("frame-balance"));
    await screen.findByRole("dialog");
    live.say({ t: "notice", code: "sessions-cut", reason: "session-limit", sessions: ["s1"] });
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog.textContent).toContain("The game is closed");
    expect(dialog.textContent).toContain("Your session has reached its time limit.");
    expect(document.querySelector("iframe")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "To the games" }));
    await screen.findByTestId("popular-10");
    expect(location.pathname).toBe("/app/");
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("leaves another game alone, and is told all the same", async () => {
    await visit("/play/10");
    const live = await line();
    await frame();
    live.say({ t: "notice", code: "sessions-cut", reason: "excluded", sessions: ["elsewhere"] });
    await screen.findByText(/You have excluded yourself from playing/);
    expect(document.querySelector("iframe")).not.toBeNull();
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("is noticed after the line was down, in general words", async () => {
    await visit("/play/10");
    const live = await line();
    await frame();
    house.ended.add("s1");
    act(() => live.onclose?.({ code: 1006 }));
    await waitFor(() => expect(Line.all.length).toBe(2), { timeout: 3_000 });
    await line();
    expect((await screen.findByRole("alertdialog")).textContent).toContain(
      "This game session is over.",
    );
  });

  it("is only the one that is open, and the first reason stays", () => {
    expect(cutGame(["a"], "staff")).toBe(false);
    gameOpened("a");
    expect(cutGame(["b"], "staff")).toBe(false);
    expect(cutGame(["b", "a"], "staff")).toBe(true);
    expect(cutGame(["a"], "")).toBe(true);
    expect(useOpenGame.getState().cut).toBe("staff");
    gameClosed("b");
    expect(useOpenGame.getState().session).toBe("a");
    gameClosed("a");
    expect(useOpenGame.getState()).toEqual({ session: null, cut: null });
  });
});

describe("other notices", () => {
  it("are all shown, one after the other, and a freeze is in force at once", async () => {
    await visit("/");
    const live = await line();
    await screen.findByTestId("popular-10");
    live.say({ t: "notice", code: "account-frozen" });
    live.say({ t: "notice", code: "news-of-tomorrow" });
    await waitFor(() => expect(screen.getAllByText(/^Your account is frozen/)).toHaveLength(2));
    expect(useSession.getState().player?.frozen).toBe(true);
    expect(useLive.getState().notices.map(({ code }) => code)).toEqual([
      "account-frozen",
      "news-of-tomorrow",
    ]);
    act(() => dropNotice(useLive.getState().notices[0]?.id ?? 0));
    await screen.findByText("There is news about your account. Ask support in the chat.");
    live.say({ t: "notice", code: "account-unfrozen" });
    act(() => dropNotice(useLive.getState().notices[0]?.id ?? 0));
    await screen.findByText("Your account is open again: you can play.");
    expect(screen.queryByText(/^Your account is frozen/)).toBeNull();
  });
});

describe("an unavailable provider", () => {
  it("greys its games, explains at a tap, and comes back by itself", async () => {
    await visit("/");
    const live = await line();
    const tile = await screen.findByTestId("popular-10");
    expect(screen.queryByText("Temporarily unavailable")).toBeNull();
    live.say({ t: "providers", unavailable: ["studio"] });
    expect(tile.textContent).toContain("Temporarily unavailable");
    expect(tile.ariaDisabled).toBe("true");
    expect(tile.tabIndex).toBe(0);
    expect(screen.getByTestId("popular-11").textContent).not.toContain("unavailable");
    fireEvent.click(tile);
    await screen.findByText("“Game 10” is temporarily unavailable. It comes back by itself.");
    expect(location.pathname).toBe("/app/");
    live.say({ t: "providers", unavailable: [] });
    expect(tile.textContent).not.toContain("unavailable");
    expect(tile.ariaDisabled).toBeNull();
    fireEvent.click(tile);
    await frame();
  });

  it("is asked for while there is no line, and not any more once there is", async () => {
    house.unavailable = ["studio"];
    await visit("/");
    const tile = await screen.findByTestId("popular-10");
    await waitFor(() => expect(tile.textContent).toContain("Temporarily unavailable"));
    await line();
    expect(tile.textContent).not.toContain("unavailable");
    expect(house.paths.filter((path) => path === "/providers")).toHaveLength(1);
  });

  it("has its game wait, and open by itself", async () => {
    await visit("/play/12");
    const live = await line();
    await frame();
    expect(house.launches).toBe(1);
    // What is open stays open.
    live.say({ t: "providers", unavailable: ["studio"] });
    expect(document.querySelector("iframe")).not.toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Demo" }));
    await screen.findByText("“Game 12” is temporarily unavailable");
    expect(house.launches).toBe(1);
    live.say({ t: "providers", unavailable: [] });
    await frame();
    expect(house.launches).toBe(2);
  });

  it("may be tried again by hand", async () => {
    house.away = true;
    await visit("/play/10");
    await line();
    await screen.findByText("“Game 10” is temporarily unavailable");
    house.away = false;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await frame();
  });
});

describe("unfinished rounds", () => {
  const round: UnfinishedRound = {
    round_id: "r1",
    game: game(10),
    currency: "FUN",
    staked: "1.50",
    won: "0",
    began_at: "2026-11-24T06:00:00Z",
  };

  it("stand at the top with game, stake and time, and a tap goes on", async () => {
    house.rounds = [round, { ...round, round_id: "r2", game: game(13, { own: "elsewhere" }) }];
    await visit("/");
    const card = await screen.findByTestId("unfinished-10");
    expect(card.textContent).toContain("Game 10");
    expect(card.textContent).toContain("Bet 1.50\u00a0FUN");
    expect(card.textContent).toMatch(/\d\d:00/);
    // What has no page here is left out.
    expect(screen.queryByTestId("unfinished-13")).toBeNull();
    fireEvent.click(card);
    await frame();
  });

  it("take no room while there are none, and come after the wallet has moved", async () => {
    await visit("/");
    await screen.findByTestId("popular-10");
    expect(screen.queryByText("Continue playing")).toBeNull();
    const live = await line();
    const before = house.paths.filter((path) => path === "/rounds/unfinished").length;
    house.rounds = [round];
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    for (let version = 2; version < 12; version += 1) {
      const account = { currency: "FUN", available: "1", held: "0", bonus: "0", version };
      live.say({ t: "wallet", accounts: [account] });
    }
    act(() => {
      vi.advanceTimersByTime(5_000);
    });
    vi.useRealTimers();
    await screen.findByText("Continue playing");
    const after = house.paths.filter((path) => path === "/rounds/unfinished").length;
    expect(after - before).toBe(1);
  });
});

describe("the time of play", () => {
  const start = 1_000_000_000;
  const fresh = played(null, "7", start);

  it("goes on over games and reloads, and begins anew after a break", () => {
    expect(fresh).toEqual({ player: "7", began: start, seen: start, checked: start });
    keepPlay(fresh);
    const later = played(readPlay(), "7", start + BREAK_MS);
    expect(later).toEqual({ ...fresh, seen: start + BREAK_MS });
    expect(played(later, "7", later.seen + BREAK_MS + 1).began).toBe(later.seen + BREAK_MS + 1);
  });

  it("is each player's own, and a clock set back begins anew", () => {
    expect(played(fresh, "8", start + 1).began).toBe(start + 1);
    expect(played(fresh, "7", start - 1).began).toBe(start - 1);
  });

  it("is due a period after the last answer", () => {
    expect(isDue(fresh, start + MINUTE - 1, MINUTE)).toBe(false);
    expect(isDue(fresh, start + MINUTE, MINUTE)).toBe(true);
    const answered = checkedAt(fresh, start + MINUTE);
    expect(answered).toEqual({ ...fresh, seen: start + MINUTE, checked: start + MINUTE });
    expect(isDue(answered, start + 2 * MINUTE, MINUTE)).toBe(true);
  });

  it.each(["{", "null", "7", '{"player":7}', '{"player":"7","began":"x"}'])(
    "does not fall over %s in its storage",
    (kept) => {
      localStorage.setItem("croupier:play", kept);
      expect(readPlay()).toBeNull();
    },
  );
});

describe("the reality check", () => {
  async function playLong(address: string, minutes: number): Promise<void> {
    await visit(address);
    const player = useSession.getState().player?.id ?? "";
    const now = Date.now();
    const began = now - minutes * MINUTE;
    keepPlay({ player, began, seen: now - MINUTE, checked: began });
    act(() =>
      useSession.setState(({ config }) => ({
        config: config && { ...config, reality_check_minutes: 60 },
      })),
    );
  }

  it("says how long and how it went, from the server's sums, and asks again a period later", async () => {
    house.sums = [
      { currency: "FUN", staked: "12.50", won: "4", returned: "0", net: "-8.50" },
      { currency: "TON", staked: "1", won: "2", returned: "1", net: "2" },
    ];
    await playLong("/play/10", 65);
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog.textContent).toContain("You have been playing for 1 h 5 min");
    expect((await screen.findByTestId("net-FUN")).textContent).toBe("−8.50\u00a0FUN");
    expect(screen.getByTestId("net-TON").textContent).toBe("+2.00\u00a0TON");
    expect(dialog.textContent).toContain("12.50\u00a0FUN");
    expect(screen.getAllByText("Returned")).toHaveLength(1);
    const asked = house.paths.find((path) => path.startsWith("/sessions/summary"));
    expect(Number(asked?.split("=")[1])).toBeGreaterThanOrEqual(65 * 60);
    // The game stays as it is behind it.
    expect(document.querySelector("iframe")).not.toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Continue" }));
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    const play = readPlay();
    expect((play?.checked ?? 0) - (play?.began ?? 0)).toBeGreaterThanOrEqual(65 * MINUTE);
    expect(location.pathname).toBe("/app/play/10");
  });

  it("stands over a house game too, and a break leads to the lobby", async () => {
    await playLong("/dice", 61);
    await screen.findByRole("alertdialog");
    await screen.findByText("No bets in this time.");
    fireEvent.click(screen.getByRole("button", { name: "Take a break" }));
    await screen.findByTestId("popular-10");
    expect(location.pathname).toBe("/app/");
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("comes by itself while a game is open, though not over the cashier", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
    await playLong("/play/10", 59.9);
    await frame();
    expect(screen.queryByRole("alertdialog")).toBeNull();
    fireEvent.click(await screen.findByTestId("frame-balance"));
    act(() => {
      vi.advanceTimersByTime(2 * TICK_MS);
    });
    expect(screen.queryByRole("alertdialog")).toBeNull();
    act(closeAllSheets);
    await screen.findByRole("alertdialog");
  });

  it("comes in no other place, not early, and not where the house has none", async () => {
    await playLong("/", 90);
    await screen.findByTestId("popular-10");
    expect(screen.queryByRole("alertdialog")).toBeNull();
    expect(readPlay()?.seen).toBeLessThan(Date.now() - MINUTE / 2);
    act(() =>
      useSession.setState(({ config }) => ({
        config: config && { ...config, reality_check_minutes: 0 },
      })),
    );
    fireEvent.click(screen.getByTestId("popular-10"));
    await frame();
    expect(screen.queryByRole("alertdialog")).toBeNull();
    act(() =>
      useSession.setState(({ config }) => ({
        config: config && { ...config, reality_check_minutes: 91 },
      })),
    );
    await waitFor(() => expect(readPlay()?.seen).toBeGreaterThan(Date.now() - MINUTE / 2));
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });
});
