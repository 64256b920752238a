import { addressOf, chosenOf, type Filter, queryOf, readFilter } from "@app/features/lobby/filter";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { close, game, LargeHouse, open, scrollDown, visit } from "./lobby-house";

let house: LargeHouse;

beforeEach(() => {
  house = new LargeHouse(Array.from({ length: 70 }, (_, n) => game(n + 10)));
  open(house);
});

afterEach(close);

function tiles(): string[] {
  return screen.queryAllByTestId(/^tile-/).map((tile) => tile.dataset.testid ?? "");
}

function asked(name: string): (string | null)[] {
  return house.queries.map((query) => query.get(name));
}

describe("a filter and its address", () => {
  const filters: Filter[] = [
    { category: "slots" },
    { collection: "new", sort: "title" },
    { studio: "Play'n GO & Co", features: ["bonus-buy", "megaways"], volatility: "low" },
    { sort: "rtp" },
  ];
  it.each(filters)("%o comes back", (filter) => {
    expect(readFilter(new URL(addressOf(filter), location.href).searchParams)).toEqual(filter);
  });

  it("leaves out what it does not know, and what the server would refuse", () => {
    const params = new URLSearchParams({
      category: "x".repeat(40),
      collection: "secret",
      volatility: "extreme",
      sort: "price",
      features: ",,b,a",
      q: "words",
    });
    expect(readFilter(params)).toEqual({ features: ["a", "b"] });
  });

  it("has an address even when it asks for nothing", () => {
    expect(addressOf({})).toBe("/search?sort=popular");
  });

  it("asks for an order only where it is not the usual one", () => {
    expect(queryOf({ collection: "new", sort: "new" })).toEqual({ collection: "new" });
    expect(queryOf({ sort: "popular", features: [] })).toEqual({});
    expect(queryOf({ sort: "rtp", features: ["a", "b"] })).toEqual({
      sort: "rtp",
      features: "a,b",
    });
  });

  it("counts choices", () => {
    expect(chosenOf({ category: "slots", collection: "new" })).toBe(0);
    expect(chosenOf({ collection: "has_demo", studio: "A", features: ["a", "b"] })).toBe(4);
  });
});

describe("the lobby", () => {
  it("asks for little, and for a category only when it comes near", async () => {
    await visit("/");
    await screen.findByTestId("popular-10");
    await screen.findByText("All 70");
    expect(asked("category").filter(Boolean)).toEqual([]);
    scrollDown();
    await screen.findByTestId("slots-10");
    expect(asked("category").filter(Boolean)).toEqual(["slots"]);
    const sizes = house.queries.filter((query) => query.get("collection") !== "favourites");
    expect(new Set(sizes.map((query) => query.get("limit")))).toEqual(new Set(["14"]));
    // One house game is no row.
    expect(screen.queryByRole("heading", { name: "Instant" })).toBeNull();
  });
});

describe("the grid", () => {
  it("goes on by itself at its end, by cursor, until there is no more", async () => {
    await visit("/search?category=slots");
    await waitFor(() => expect(tiles()).toHaveLength(30));
    scrollDown();
    await waitFor(() => expect(tiles()).toHaveLength(60));
    scrollDown();
    await waitFor(() => expect(tiles()).toHaveLength(70));
    expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
    const pages = house.queries.filter((query) => query.get("category") === "slots");
    expect(pages.map((query) => query.get("cursor"))).toEqual([null, "30", "60"]);
    expect(new Set(tiles()).size).toBe(70);
  });

  it("goes on by a button too", async () => {
    await visit("/search?category=slots&sort=title");
    fireEvent.click(await screen.findByRole("button", { name: "Load more" }));
    await waitFor(() => expect(tiles()).toHaveLength(60));
  });

  it("keeps what is chosen in the address, and goes back to what was chosen before", async () => {
    await visit("/search?category=slots&sort=rtp");
    await waitFor(() => expect(tiles()).toHaveLength(30));
    fireEvent.click(screen.getByTestId("filters"));
    const sheet = await screen.findByRole("dialog");
    fireEvent.click(await within(sheet).findByRole("button", { name: /^High/ }));
    fireEvent.click(await within(sheet).findByRole("button", { name: /^Megaways/ }));
    fireEvent.click(within(sheet).getByRole("button", { name: /^Aurora/ }));
    expect(location.search).toContain("filters=1");
    fireEvent.click(within(sheet).getByTestId("apply"));
    await waitFor(() => expect(location.search).not.toContain("filters"));
    expect(readFilter(new URLSearchParams(location.search))).toEqual({
      category: "slots",
      sort: "rtp",
      studio: "Aurora",
      volatility: "high",
      features: ["megaways"],
    });
    await waitFor(() => expect(asked("features")).toContain("megaways"));
    const last = house.queries.at(-1);
    expect(last?.get("volatility")).toBe("high");
    expect(last?.get("studio")).toBe("Aurora");
    expect(last?.get("sort")).toBe("rtp");
    history.back();
    await waitFor(() => expect(location.search).toBe("?category=slots&sort=rtp"));
  });

  it("reads the address on reload", async () => {
    await visit("/search?studio=Borealis&volatility=low&features=jackpot&collection=has_demo");
    await waitFor(() => expect(tiles()).toHaveLength(30));
    const page = house.queries.find((query) => query.get("studio") === "Borealis");
    expect(page?.get("collection")).toBe("has_demo");
    expect(page?.get("features")).toBe("jackpot");
    fireEvent.click(screen.getByRole("button", { name: "Remove filter: Jackpot" }));
    expect(location.search).toBe("?collection=has_demo&studio=Borealis&volatility=low");
  });
});

describe("a heart", () => {
  const heart = () => screen.findByRole("button", { name: "Favourite: Game 12" });

  it("is on at once, opens nothing, and is kept", async () => {
    await visit("/search?category=slots&sort=new");
    fireEvent.click(await heart());
    await waitFor(async () => expect((await heart()).ariaPressed).toBe("true"));
    expect(location.pathname).toBe("/app/search");
    await waitFor(() => expect(house.favourites.map(({ id }) => id)).toEqual(["12"]));
    fireEvent.click(await heart());
    await waitFor(async () => expect((await heart()).ariaPressed).toBe("false"));
    await waitFor(() => expect(house.favourites).toEqual([]));
    expect(house.to("/games/12/favourite").map((call) => call.method)).toEqual(["PUT", "DELETE"]);
  });

  it("goes off again when the house does not take it, and says so", async () => {
    house.favourites = [game(30)];
    await visit("/search?category=slots&sort=new");
    const other = await screen.findByRole("button", { name: "Favourite: Game 30" });
    await waitFor(() => expect(other.ariaPressed).toBe("true"));
    let refuse = () => {};
    house.refusal = new Promise((resolve) => {
      refuse = resolve;
    });
    fireEvent.click(await heart());
    await waitFor(async () => expect((await heart()).ariaPressed).toBe("true"));
    refuse();
    await screen.findByText("Could not save it. Please try again.");
    expect((await heart()).ariaPressed).toBe("false");
    expect(other.ariaPressed).toBe("true");
  });
});
