/** Tables of live games, balances that a game takes, and launches that the house refuses. */

import { chooseCurrency } from "@app/app/money";
import { useOpenGame } from "@app/app/open-game";
import { useProviders } from "@app/app/providers";
import { allowOf, sandboxOf } from "@app/features/provider-game/frame";
import { useSession } from "@shared/api/session";
import type { GameLaunch, Table } from "@shared/api/types";
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { close, game, open, visit } from "./lobby-house";
import { Line, PlayedHouse } from "./played-house";

const table = (ref: string, part: Partial<Table> = {}): Table => ({
  ref,
  title: `Table ${ref}`,
  dealer: null,
  open: true,
  least: null,
  most: null,
  ...part,
});

interface Refusal {
  status: number;
  code: string;
  values?: Record<string, string>;
}

let house: PlayedHouse;
let tables: Table[];
let refusal: Refusal | null;
let launch: Partial<GameLaunch>;
let sent: unknown[];
let asked: string[];

const refuse = ({ status, code, values = {} }: Refusal) =>
  Response.json({ code, message: "?", values }, { status });

async function serve(input: Request | string, init?: RequestInit): Promise<Response> {
  const request =
    input instanceof Request ? input : new Request(new URL(input, location.href), init);
  const { pathname, searchParams } = new URL(request.url);
  if (pathname.endsWith("/tables")) {
    asked.push(searchParams.get("currency") ?? "");
    if (refusal) return refuse(refusal);
    return Response.json({ currency: searchParams.get("currency"), tables });
  }
  if (pathname.endsWith("/launch")) {
    sent.push(await request.clone().json());
    if (refusal) return refuse(refusal);
    const answer = await (await house.serving(input, init)).json();
    return Response.json({ ...answer, ...launch });
  }
  return house.serving(input, init);
}

beforeEach(() => {
  house = new PlayedHouse([
    // No two tests may ask for the same tables: answers are remembered.
    ...[20, 24, 25, 26, 27, 28].map((n) =>
      game(n, { has_tables: true, has_demo: false, category: "live", currencies: ["FUN", "TON"] }),
    ),
    game(21, { currencies: ["TON", "USDT"] }),
    game(22, { currencies: [] }),
    game(23, { has_tables: true, currencies: ["FUN"] }),
  ]);
  tables = [
    table("shut", { open: false }),
    table("a b/?&", { dealer: "Ada", least: "0.50", most: "100" }),
    table("low", { most: "5" }),
  ];
  refusal = null;
  launch = {};
  sent = [];
  asked = [];
  open(house);
  vi.stubGlobal("fetch", serve);
  Line.all = [];
  vi.stubGlobal("WebSocket", Line);
});

afterEach(() => {
  close();
  act(() => chooseCurrency("FUN"));
  useProviders.setState({ unavailable: new Set(), heard: false });
  useOpenGame.setState({ session: null, cut: null });
});

async function visitWith(address: string, codes: readonly string[]): Promise<void> {
  await visit(address);
  const currencies = codes.map((code) => ({ code, decimals: 2, play_money: code === "FUN" }));
  act(() =>
    useSession.setState(({ config }) => ({ config: config && { ...config, currencies } })),
  );
}

function frame(): Promise<HTMLElement> {
  return screen.findByTitle(/^Game \d+$/);
}

describe("a game with tables", () => {
  it("shows them from the lobby, open ones first, and opens the one that is chosen", async () => {
    await visit("/");
    fireEvent.click(await screen.findByTestId("popular-20"));
    const chosen = await screen.findByTestId("table-a b/?&");
    expect(location.pathname).toBe("/app/tables/20");
    expect(chosen.textContent).toContain("Dealer: Ada");
    expect(chosen.textContent).toContain("Bets 0.50 – 100.00\u00a0FUN");
    expect(screen.getByTestId("table-low").textContent).toContain("Bets up to 5.00\u00a0FUN");
    const shown = screen.getAllByTestId(/^table-/).map((one) => one.dataset.testid);
    expect(shown).toEqual(["table-a b/?&", "table-low", "table-shut"]);
    expect((screen.getByTestId("table-shut") as HTMLButtonElement).disabled).toBe(true);
    fireEvent.click(chosen);
    await frame();
    expect(sent).toEqual([{ currency: "FUN", mode: "real", table: "a b/?&" }]);
  });

  it("leads back to its tables, and from there to where one came from", async () => {
    await visit("/search?category=live");
    fireEvent.click((await screen.findAllByRole("link", { name: /Game 24/ }))[0] as HTMLElement);
    fireEvent.click(await screen.findByTestId("table-low"));
    await frame();
    fireEvent.click(screen.getByRole("button", { name: "Leave the game" }));
    await screen.findByTestId("table-low");
    expect(location.pathname).toBe("/app/tables/24");
    fireEvent.click(screen.getByRole("button", { name: "Back" }));
    await waitFor(() => expect(location.pathname).toBe("/app/search"));
    expect(location.search).toContain("category=live");
  });

  it("asks for a table when a link leads past them", async () => {
    await visit("/play/25");
    await screen.findByTestId("table-low");
    expect(location.pathname).toBe("/app/tables/25");
    expect(sent).toEqual([]);
  });

  it("can be tried without one, and asks for one once it is for money", async () => {
    await visit("/tables/23");
    fireEvent.click(await screen.findByRole("button", { name: "Try the demo" }));
    await frame();
    expect(sent).toEqual([{ currency: "FUN", mode: "demo", table: null }]);
    fireEvent.click(screen.getByRole("button", { name: "Real" }));
    await screen.findByTestId("table-low");
    expect(sent).toHaveLength(1);
  });

  it("says when there are none", async () => {
    tables = [];
    await visit("/tables/26");
    await screen.findByText("No tables right now");
    expect(screen.queryByRole("button", { name: "Try the demo" })).toBeNull();
  });

  it("says when its studio is away, and asks again by hand", async () => {
    refusal = { status: 503, code: "provider-unavailable" };
    await visit("/tables/27");
    await screen.findByText(/The game studio is not answering/);
    refusal = null;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByTestId("table-low");
  });

  it("offers the others when the table has closed meanwhile", async () => {
    await visit("/play/28?table=gone");
    refusal = { status: 409, code: "table-unavailable" };
    await screen.findByText(/This table has just closed/);
    refusal = null;
    fireEvent.click(screen.getByRole("button", { name: "Choose another table" }));
    await screen.findByTestId("table-low");
  });

  it("lists them in the balance that is played with", async () => {
    await visitWith("/tables/20", ["FUN", "TON"]);
    await screen.findByTestId("table-low");
    act(() => chooseCurrency("TON"));
    await waitFor(() => expect(asked).toEqual(["FUN", "TON"]));
    await screen.findByText("Bets up to 5.00 TON");
  });
});

describe("a game that does not take the chosen balance", () => {
  it("lets one choose among those that it takes, and opens with that", async () => {
    await visitWith("/play/21", ["FUN", "TON", "USDT", "BTC"]);
    await screen.findByText("“Game 21” is not played with FUN");
    const offered = screen.getAllByRole("button", { pressed: false });
    expect(offered.map((one) => one.textContent)).toEqual([
      "TON0.00\u00a0TON",
      "USDT0.00\u00a0USDT",
    ]);
    expect(screen.queryByTestId("frame-balance")).toBeNull();
    expect(sent).toEqual([]);
    fireEvent.click(offered[1] as HTMLElement);
    await frame();
    expect(sent).toEqual([{ currency: "USDT", mode: "real", table: null }]);
  });

  it("shows its demo all the same", async () => {
    await visitWith("/play/21", ["FUN", "TON"]);
    await screen.findByText("“Game 21” is not played with FUN");
    fireEvent.click(screen.getByRole("button", { name: "Demo" }));
    await frame();
    expect(sent).toEqual([{ currency: "TON", mode: "demo", table: null }]);
  });

  it("says so where none of them fits", async () => {
    await visit("/play/22");
    await screen.findByText("“Game 22” takes none of your balances");
    fireEvent.click(screen.getByRole("button", { name: "To the games" }));
    await screen.findByTestId("popular-20");
    expect(sent).toEqual([]);
  });
});

describe("a refused launch", () => {
  it.each([
    [{ status: 403, code: "game-not-here" }, /not offered in the country you are in/],
    [
      { status: 409, code: "game-not-on-device", values: { device: "mobile" } },
      /does not run on phones\. Open it on a computer/,
    ],
    [
      { status: 409, code: "game-not-on-device", values: { device: "desktop" } },
      /runs on phones only/,
    ],
    [
      { status: 409, code: "game-not-in-currency", values: { currency: "FUN" } },
      /not played with FUN/,
    ],
  ])("says why, and leads to other games: %o", async (refused, words) => {
    refusal = refused;
    house = new PlayedHouse([game(30)]);
    await visit("/play/30");
    await screen.findByText(words);
    expect(document.querySelector("iframe")).toBeNull();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "To the games" }));
    expect(location.pathname).toBe("/app/");
  });
});

describe("a game's frame", () => {
  it("gets what its provider asks for, and never a way out", async () => {
    launch = {
      sandbox: ["allow-downloads", "allow-top-navigation-by-user-activation"],
      allow: ["microphone"],
    };
    house = new PlayedHouse([game(31)]);
    await visit("/play/31");
    const shown = await frame();
    const tokens = shown.getAttribute("sandbox")?.split(" ");
    expect(tokens).toContain("allow-downloads");
    expect(tokens).toContain("allow-scripts");
    expect(tokens?.filter((token) => token.includes("navigation"))).toEqual([]);
    expect(shown.getAttribute("allow")?.split("; ")).toContain("microphone");
  });

  it("takes no words that are none", () => {
    const usual = sandboxOf();
    expect(sandboxOf(["allow-top-navigation", "a b", "", "allow-scripts", "ALLOW-X"])).toBe(usual);
    expect(allowOf(["camera *; microphone", "", "autoplay"])).toBe(allowOf());
  });
});
