import { createHash, createHmac } from "node:crypto";
import { draw, seedHash } from "@app/features/fairness/verify";
import { describe, expect, it } from "vitest";

/** The same rule written a second time, on Node's own crypto. */
function reference(server: string, client: string, nonce: number, outcomes: number): number {
  const n = BigInt(outcomes);
  const limit = n * ((1n << 64n) / n);
  for (let cursor = 0; ; cursor += 1) {
    const message = `${client}:${nonce}:${Math.floor(cursor / 4)}`;
    const bytes = createHmac("sha256", server).update(message).digest();
    const value = bytes.readBigUInt64BE((cursor % 4) * 8);
    if (value < limit) return Number(value % n);
  }
}

const server = "53ab7f164bf5ff3961a563bed8c2eae4495a1ccf1dc9385a2828df1dec27cb13";

describe("draw", () => {
  it("agrees with an independent implementation", async () => {
    for (let nonce = 1; nonce <= 200; nonce += 1) {
      const drawn = await draw(server, "9f2c6d7a1b", nonce, 10_000);
      expect(drawn.result).toBe(reference(server, "9f2c6d7a1b", nonce, 10_000));
    }
  });

  it("has fixed vectors", async () => {
    const drawn = await draw(server, "9f2c6d7a1b", 1, 10_000);
    expect(drawn.digest).toBe("172aba96294fe17644e1f953f135f89684e045a369a02a4c881384bdff47a872");
    expect(drawn.value).toBe(1_669_351_765_995_151_734n);
    expect(drawn).toMatchObject({ block: 0, word: 0, result: 1734 });
  });

  it("rejects what would leave a bias and moves on to the next word", async () => {
    // With a little more than 2^63 outcomes nearly half of all words are rejected.
    const outcomes = 2 ** 63 + 2 ** 12;
    const taken: number[] = [];
    for (let nonce = 1; nonce <= 40; nonce += 1) {
      const drawn = await draw(server, "seed", nonce, outcomes);
      expect(drawn.result).toBe(reference(server, "seed", nonce, outcomes));
      taken.push(drawn.block * 4 + drawn.word);
    }
    expect(Math.max(...taken)).toBeGreaterThan(3); // past the end of a block at least once
    expect(Math.min(...taken)).toBe(0);
  });

  it("depends on each of its inputs", async () => {
    const results = await Promise.all([
      draw(server, "a", 1, 10_000),
      draw(server, "a", 2, 10_000),
      draw(server, "b", 1, 10_000),
      draw(`${server}0`, "a", 1, 10_000),
    ]);
    expect(new Set(results.map((r) => r.digest)).size).toBe(4);
  });
});

it("the commitment is the SHA-256 of the seed's hex text", async () => {
  expect(await seedHash(server)).toBe(createHash("sha256").update(server).digest("hex"));
});
