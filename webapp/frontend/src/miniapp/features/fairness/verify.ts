/**
 * A second implementation of the house's draw, in the player's own browser:
 * HMAC-SHA256 with the server seed's hex text as key over `client:nonce:block` gives 32 bytes a
 * block; each 8 bytes are one number U; the first U below the largest multiple of N is taken, and
 * the result is U mod N. Rejecting the rest leaves no bias.
 */

export interface Draw {
  /** Index of the HMAC block and of the 8-byte word in it that was taken. */
  block: number;
  word: number;
  digest: string;
  value: bigint;
  result: number;
}

const WORD_BYTES = 8;
const WORDS_PER_BLOCK = 4;
const SPACE = 1n << 64n;

export function canVerify(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 of the seed's hex text: what was published before the first bet. */
export async function seedHash(serverSeed: string): Promise<string> {
  const bytes = new TextEncoder().encode(serverSeed);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

async function block(
  serverSeed: string,
  clientSeed: string,
  nonce: number,
  index: number,
): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(serverSeed), algorithm, false, [
    "sign",
  ]);
  const message = encoder.encode(`${clientSeed}:${nonce}:${index}`);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/** The draw of one bet among `outcomes` equally likely results. */
export async function draw(
  serverSeed: string,
  clientSeed: string,
  nonce: number,
  outcomes: number,
): Promise<Draw> {
  const n = BigInt(outcomes);
  const limit = n * (SPACE / n);
  for (let cursor = 0; ; cursor += 1) {
    const index = Math.floor(cursor / WORDS_PER_BLOCK);
    const word = cursor % WORDS_PER_BLOCK;
    const digest = await block(serverSeed, clientSeed, nonce, index);
    const value = new DataView(digest.buffer).getBigUint64(word * WORD_BYTES);
    if (value < limit) {
      return { block: index, word, digest: hex(digest), value, result: Number(value % n) };
    }
  }
}
