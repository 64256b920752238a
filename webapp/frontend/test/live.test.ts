import {
  LiveConnection,
  type LiveMessage,
  type LiveStatus,
  type Socket,
  waitMs,
} from "@shared/api/live";
import type { Account } from "@shared/api/types";
import { merge } from "@shared/api/wallet";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

class FakeSocket implements Socket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  sent: unknown[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

let sockets: FakeSocket[];
let messages: LiveMessage[];
let statuses: LiveStatus[];
let token: string | null;
let renew: (used: string | null) => Promise<boolean>;
let connection: LiveConnection;

const latest = () => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  messages = [];
  statuses = [];
  token = "one";
  renew = vi.fn(async () => {
    token = "two";
    return true;
  });
  connection = new LiveConnection({
    url: "ws://house/live",
    token: () => token,
    renew: (used) => renew(used),
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    connect: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    random: () => 1,
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

function open(): FakeSocket {
  connection.start();
  latest().onopen?.();
  latest().say({ t: "ready" });
  return latest();
}

describe("a connection", () => {
  it("carries the token in its first frame, never in the address", () => {
    const socket = open();
    expect(socket.sent).toEqual([{ t: "auth", token: "one" }]);
    expect(statuses.at(-1)).toBe("open");
  });

  it("answers pings and passes everything else on", () => {
    const socket = open();
    socket.say({ t: "ping" });
    socket.say({ t: "wallet", accounts: [] });
    expect(socket.sent.at(-1)).toEqual({ t: "pong" });
    expect(messages.map((m) => m.t)).toEqual(["ready", "wallet"]);
  });

  it("ignores what is no message", () => {
    const socket = open();
    for (const nonsense of ["{", "null", "[]", '{"t":1}', "7"]) socket.say(nonsense);
    socket.onmessage?.({ data: new ArrayBuffer(4) });
    expect(messages.map((m) => m.t)).toEqual(["ready"]);
  });
});

describe("after a loss", () => {
  it("waits longer each time, and starts anew once it was open", () => {
    open();
    const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000];
    for (const wait of waits) {
      const before = sockets.length;
      latest().onclose?.({ code: 1006 });
      expect(statuses.at(-1)).toBe("waiting");
      vi.advanceTimersByTime(wait - 1);
      expect(sockets.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(sockets.length).toBe(before + 1);
    }
    latest().say({ t: "ready" });
    latest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(500);
    expect(sockets.length).toBe(waits.length + 2);
  });

  it("keeps its waits between half a second and fifteen, jittered", () => {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      for (const random of [0, 0.37, 0.999]) {
        expect(waitMs(attempt, random)).toBeGreaterThanOrEqual(500);
        expect(waitMs(attempt, random)).toBeLessThanOrEqual(15_000);
      }
    }
    expect(waitMs(5, 0)).toBeLessThan(waitMs(5, 0.9));
  });

  it("does not sit out a wait when the network is back", () => {
    open().onclose?.({ code: 1006 });
    connection.wake();
    expect(sockets.length).toBe(2);
  });

  it("notices a line that fell silent", () => {
    const socket = open();
    vi.advanceTimersByTime(44_999);
    expect(sockets.length).toBe(1);
    vi.advanceTimersByTime(1);
    expect(socket.closed).toBe(true);
    vi.advanceTimersByTime(500);
    expect(sockets.length).toBe(2);
  });

  it("leaves a healthy line alone when woken", () => {
    open();
    connection.wake();
    expect(sockets.length).toBe(1);
  });

  it("does nothing more once stopped", () => {
    open();
    connection.stop();
    latest().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(60_000);
    connection.wake();
    expect(sockets.length).toBe(1);
    expect(statuses.at(-1)).toBe("closed");
  });
});

describe("a refused token", () => {
  it("is replaced before the next try", async () => {
    open().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(500);
    expect(renew).toHaveBeenCalledWith("one");
    latest().onopen?.();
    expect(latest().sent).toEqual([{ t: "auth", token: "two" }]);
  });

  it("ends the line when the player is signed out", async () => {
    renew = async () => false;
    open().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(statuses.at(-1)).toBe("closed");
    expect(sockets.length).toBe(1);
  });

  it("is tried again when nobody answers", async () => {
    renew = async () => {
      throw new Error("no answer");
    };
    open().onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets.length).toBe(2);
  });
});

describe("balances", () => {
  const account = (currency: string, available: string, version: number): Account => ({
    currency,
    available,
    held: "0",
    bonus: "0",
    version,
  });

  it("drops older versions and keeps other currencies", () => {
    const known = merge({}, [account("TON", "5", 7), account("FUN", "1", 1)]);
    const next = merge(known, [account("TON", "9", 6), account("FUN", "2", 2)]);
    expect(next.TON?.available).toBe("5");
    expect(next.FUN?.available).toBe("2");
    expect(merge(next, [account("TON", "4", 8)]).TON?.available).toBe("4");
  });
});
