import { exitOf, framable } from "@app/features/provider-game/messages";
import { destinationOf, readLaunch } from "@shared/tg/launch";
import { describe, expect, it } from "vitest";

const init =
  "query_id=AA&user=%7B%22id%22%3A1%2C%22language_code%22%3A%22ru%22%7D&auth_date=1&signature=&hash=abc&start_param=g_dice";
const raw = `tgWebAppData=${encodeURIComponent(init)}&tgWebAppVersion=9.1&tgWebAppPlatform=ios&tgWebAppThemeParams=${encodeURIComponent('{"bg_color":"#fff","n":1}')}`;

describe("launch parameters", () => {
  it("keeps the init data byte for byte: a signature covers it", () => {
    expect(readLaunch(raw)).toEqual({
      initData: init,
      proof: "abc",
      version: "9.1",
      client: "ios",
      startParam: "g_dice",
      languageCode: "ru",
      theme: { bg_color: "#fff" },
    });
  });

  it("is nothing outside Telegram", () => {
    expect(readLaunch("")).toBeNull();
    expect(readLaunch("tgWebAppVersion=9.1")).toBeNull();
  });

  it("survives broken user and theme", () => {
    const broken = "tgWebAppData=user%3D%257B%26hash%3Dx&tgWebAppThemeParams=%7B";
    expect(readLaunch(broken)).toMatchObject({ languageCode: null, theme: {}, version: "6.0" });
  });
});

describe("deep links", () => {
  it.each([
    ["d", { to: "wallet" }],
    ["g_dice", { to: "game", slug: "dice" }],
    ["r_ab12__g_17", { to: "game", slug: "17" }],
    ["r_ab12", null],
    ["g_../../x", null],
    ["", null],
    [null, null],
  ])("%j", (param, destination) => {
    expect(destinationOf(param)).toEqual(destination);
  });
});

describe("messages from a game's frame", () => {
  const own = "https://house.example";
  const exit = (data: unknown, origin = own) => exitOf({ origin, data }, own, "s1");

  it("lets our own exit page end this session", () => {
    expect(exit({ type: "provider-exit", session: "s1", to: null })).toEqual({ to: null });
    expect(exit({ type: "provider-exit", session: null })).toEqual({ to: null });
    expect(exit({ type: "provider-exit", session: "s1", to: "wallet" })).toEqual({ to: "wallet" });
  });

  it("ignores other origins, other sessions and everything unknown", () => {
    expect(exit({ type: "provider-exit", session: "s1" }, "https://evil.example")).toBeNull();
    expect(exit({ type: "provider-exit", session: "s2" })).toBeNull();
    for (const data of [null, "provider-exit", 7, {}, { type: "exit" }, []]) {
      expect(exit(data)).toBeNull();
    }
    expect(exit({ type: "provider-exit", session: "s1", to: "//evil" })).toEqual({ to: null });
  });

  it("frames web addresses only", () => {
    expect(framable("https://games.example/x", own)).toBe(true);
    expect(framable("/sandbox/slot", own)).toBe(true);
    expect(framable("javascript:alert(1)", own)).toBe(false);
    expect(framable("data:text/html,x", own)).toBe(false);
  });
});
