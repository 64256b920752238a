import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { close, game, LargeHouse, open, visit } from "./lobby-house";

let house: LargeHouse;

beforeEach(() => {
  const titles = ["Jungle Gold", "Jungle Night", "Golden Wolf", "Wolf Moon", "Moon Princess"];
  house = new LargeHouse(titles.map((title, n) => game(n + 200, { title })));
  open(house);
});

afterEach(close);

function field(): HTMLInputElement {
  return screen.getByRole("textbox") as HTMLInputElement;
}

function type(value: string): void {
  fireEvent.change(field(), { target: { value } });
}

function lines(): (string | undefined)[] {
  return screen.queryAllByTestId(/^line-/).map((line) => line.dataset.testid);
}

function searches(): (string | null)[] {
  return house.queries.map((query) => query.get("q")).filter((q) => q !== null);
}

async function letGo(q: string): Promise<void> {
  await waitFor(() => expect(house.held.has(q)).toBe(true));
  await act(async () => house.held.get(q)?.());
}

it("shows what is popular until something is typed, and asks only after a pause", async () => {
  await visit("/search");
  await screen.findByText("Popular");
  type("j");
  type("ju");
  type("jungle");
  expect(searches()).toEqual([]);
  await waitFor(() => expect(lines()).toEqual(["line-200", "line-201"]));
  expect(searches()).toEqual(["jungle"]);
  expect(location.search).toBe("?q=jungle");
  fireEvent.click(screen.getByRole("button", { name: "Clear" }));
  await screen.findByText("Popular");
  await waitFor(() => expect(location.search).toBe(""));
});

it("keeps what was found while the next answer is awaited, and drops one that comes late", async () => {
  await visit("/search");
  await screen.findByText("Popular");
  type("gold");
  await waitFor(() => expect(lines()).toEqual(["line-200", "line-202"]));
  house.holding = true;
  type("wolf");
  await waitFor(() => expect(house.held.has("wolf")).toBe(true));
  expect(lines()).toEqual(["line-200", "line-202"]);
  type("moon");
  await letGo("moon");
  await waitFor(() => expect(lines()).toEqual(["line-203", "line-204"]));
  await letGo("wolf");
  expect(lines()).toEqual(["line-203", "line-204"]);
});

it("says when there is nothing", async () => {
  await visit("/search?q=xyzzy");
  expect(field().value).toBe("xyzzy");
  await screen.findByRole("heading", { name: "Nothing found for “xyzzy”" });
});

it("goes through the results by arrows, and back to the field", async () => {
  await visit("/search?q=night");
  await screen.findByTestId("line-201");
  type("jung");
  await waitFor(() => expect(lines()).toHaveLength(2));
  fireEvent.keyDown(field(), { key: "ArrowDown" });
  expect((document.activeElement as HTMLElement).dataset.testid).toBe("line-200");
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowDown" });
  expect((document.activeElement as HTMLElement).dataset.testid).toBe("line-201");
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowUp" });
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowUp" });
  expect(document.activeElement).toBe(field());
});

it("opens the first result on Enter, even when its answer is still on the way", async () => {
  await visit("/search");
  await screen.findByText("Popular");
  house.holding = true;
  type("princess");
  fireEvent.keyDown(field(), { key: "Enter" });
  expect(location.pathname).toBe("/app/search");
  await letGo("princess");
  await waitFor(() => expect(location.pathname).toBe("/app/play/204"));
});
