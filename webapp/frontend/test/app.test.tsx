import { App } from "@app/app/app";
import { start } from "@shared/api/session";
import { switchLanguage } from "@shared/i18n";
import { browserPlatform } from "@shared/tg/browser";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeHouse } from "./house";

let house: FakeHouse;

class NoSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  send() {}
  close() {}
}

beforeEach(() => {
  house = new FakeHouse();
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, "", "/app/");
  vi.stubGlobal("fetch", house.fetch);
  vi.stubGlobal("WebSocket", NoSocket);
  vi.stubGlobal("scrollTo", () => {});
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener() {},
    removeEventListener() {},
  }));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function enterTheHouse(): Promise<void> {
  await switchLanguage("en");
  const platform = browserPlatform();
  void start(platform);
  render(<App platform={platform} />);
  fireEvent.click(await screen.findByTestId("demo"));
  const enter = (await screen.findByTestId("enter")) as HTMLButtonElement;
  expect(enter.disabled).toBe(true);
  fireEvent.click(screen.getByTestId("adult"));
  expect(enter.disabled).toBe(true);
  fireEvent.click(screen.getByTestId("terms"));
  fireEvent.click(enter);
  await screen.findByTestId("tile-1");
}

async function openDice(): Promise<HTMLElement> {
  fireEvent.click(screen.getByTestId("tile-1"));
  const bet = await screen.findByTestId("bet");
  await waitFor(() => expect((bet as HTMLButtonElement).disabled).toBe(false));
  return bet;
}

it("asks for age and terms before anything else", async () => {
  await enterTheHouse();
  expect(house.to("/me/terms")[0]?.body).toEqual({ adult: true, accepted: true });
  expect(house.to("/games").length).toBeGreaterThan(0);
});

it("places a bet, shows the roll and moves the balance by the answer's account", async () => {
  await enterTheHouse();
  fireEvent.click(await openDice());
  expect((await screen.findByTestId("roll")).textContent).toBe("12.34");
  expect(screen.getByTestId("balance").textContent).toContain("101.00");
  expect(house.to("/house/dice/bets")[0]?.body).toEqual({
    currency: "FUN",
    stake: "1",
    direction: "under",
    win_numbers: 4950,
  });
});

it("linked fields move each other, and the button says why it is off", async () => {
  await enterTheHouse();
  const bet = await openDice();
  const multiplier = screen.getByLabelText("Multiplier") as HTMLInputElement;
  const chance = screen.getByLabelText("Win chance") as HTMLInputElement;
  fireEvent.change(multiplier, { target: { value: "4" } });
  expect(chance.value).toBe("24.75");
  fireEvent.change(chance, { target: { value: "98" } });
  fireEvent.blur(multiplier);
  expect(multiplier.value).toBe("1.0102");
  fireEvent.click(screen.getByTestId("turn"));
  expect((screen.getByLabelText("Roll over") as HTMLInputElement).value).toBe("1.99");

  const stake = screen.getByLabelText("Bet");
  fireEvent.change(stake, { target: { value: "0.05" } });
  expect(bet.textContent).toBe("Min 0.1\u00a0FUN");
  fireEvent.change(stake, { target: { value: "500" } });
  expect(bet.textContent).toBe("Not enough on this balance");
  fireEvent.change(stake, { target: { value: "x" } });
  expect(bet.textContent).toBe("Enter a bet");
  fireEvent.click(bet);
  expect(house.to("/house/dice/bets")).toEqual([]);
});

it("keeps key and content of a bet that got no answer, and takes no other meanwhile", async () => {
  await enterTheHouse();
  const bet = await openDice();
  house.silent.set("/house/dice/bets", 3);
  fireEvent.click(bet);
  const check = await screen.findByText("Check my bet", {}, { timeout: 5_000 });
  expect(screen.queryByTestId("bet")).toBeNull();
  fireEvent.click(check);
  await screen.findByTestId("roll");
  const bets = house.to("/house/dice/bets");
  expect(bets).toHaveLength(4);
  expect(new Set(bets.map((call) => call.key)).size).toBe(1);
  expect(new Set(bets.map((call) => JSON.stringify(call.body))).size).toBe(1);

  fireEvent.click(await screen.findByTestId("bet"));
  await waitFor(() => expect(house.to("/house/dice/bets")).toHaveLength(5));
  expect(house.to("/house/dice/bets")[4]?.key).not.toBe(bets[0]?.key);
});

it("renews a refused token once and repeats the request", async () => {
  await enterTheHouse();
  const bet = await openDice();
  house.refused.add("Bearer a1");
  fireEvent.click(bet);
  await screen.findByTestId("roll");
  expect(house.to("/auth/refresh").map((call) => call.body)).toEqual([{ refresh_token: "r1" }]);
  expect(house.to("/house/dice/bets").map((call) => call.token)).toEqual([
    "Bearer a1",
    "Bearer a2",
  ]);
});
