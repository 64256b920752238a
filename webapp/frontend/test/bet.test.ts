import { type Armed, insist, newKey } from "@app/games/kit/bet";
import { ApiError } from "@shared/api/errors";
import { describe, expect, it, vi } from "vitest";

const armed: Armed<string> = { key: "k", order: "o" };
const now = async () => {};

describe("insisting", () => {
  it("repeats the very same bet until there is an answer", async () => {
    const send = vi
      .fn()
      .mockRejectedValueOnce(new ApiError("network", 0))
      .mockRejectedValueOnce(new ApiError("try-later", 503))
      .mockResolvedValue("won");
    expect(await insist(armed, send, now)).toBe("won");
    expect(send.mock.calls).toEqual([[armed], [armed], [armed]]);
  });

  it("takes a refusal for an answer", async () => {
    const send = vi.fn().mockRejectedValue(new ApiError("not-enough-money", 409));
    await expect(insist(armed, send, now)).rejects.toMatchObject({ code: "not-enough-money" });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("gives up after three silences and says that it does not know", async () => {
    const send = vi.fn().mockRejectedValue(new ApiError("network", 0));
    await expect(insist(armed, send, now)).rejects.toMatchObject({ unanswered: true });
    expect(send).toHaveBeenCalledTimes(3);
  });
});

it("keys are UUIDs, also without randomUUID", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(newKey()).toMatch(uuid);
  const real = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { configurable: true, value: undefined });
  const [a, b] = [newKey(), newKey()];
  Object.defineProperty(crypto, "randomUUID", { configurable: true, value: real });
  expect(a).toMatch(uuid);
  expect(b).not.toBe(a);
});
