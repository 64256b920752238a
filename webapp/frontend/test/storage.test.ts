import { ensureStorage, MemoryStorage } from "@shared/storage";
import { expect, it } from "vitest";

function host(get: () => Storage | null) {
  const made = {};
  Object.defineProperty(made, "localStorage", { configurable: true, get });
  return made as { localStorage: Storage };
}

it("leaves a storage that works alone", () => {
  const real = new MemoryStorage();
  const page = host(() => real);
  expect(ensureStorage("localStorage", page)).toBe(true);
  expect(page.localStorage).toBe(real);
  expect(real.length).toBe(0);
});

it("replaces one that throws when it is touched", () => {
  const page = host(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  expect(ensureStorage("localStorage", page)).toBe(false);
  page.localStorage.setItem("a", "1");
  expect(page.localStorage.getItem("a")).toBe("1");
});

it("replaces one that is null, or full from the start", () => {
  const none = host(() => null);
  expect(ensureStorage("localStorage", none)).toBe(false);
  const full = new MemoryStorage();
  full.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const page = host(() => full);
  expect(ensureStorage("localStorage", page)).toBe(false);
  page.localStorage.setItem("a", "1");
  expect(page.localStorage.getItem("a")).toBe("1");
});

it("behaves like a Storage", () => {
  const memory = new MemoryStorage();
  memory.setItem("b", 2 as unknown as string);
  expect(memory.getItem("b")).toBe("2");
  expect(memory.getItem("missing")).toBeNull();
  expect([memory.key(0), memory.key(1)]).toEqual(["b", null]);
  memory.removeItem("b");
  memory.setItem("c", "3");
  memory.clear();
  expect(memory.length).toBe(0);
});
