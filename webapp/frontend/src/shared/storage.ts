/**
 * Imported before everything else. Inside Telegram Web with third-party storage blocked, merely
 * touching `localStorage` throws; the Telegram SDK then fails at launch and believes that it is
 * outside Telegram. Storages that cannot be used are replaced by ones that live in memory.
 */

type StorageName = "localStorage" | "sessionStorage";

const PROBE = "croupier:probe";

export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  clear(): void {
    this.#items.clear();
  }

  getItem(key: string): string | null {
    return this.#items.get(String(key)) ?? null;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.#items.delete(String(key));
  }

  setItem(key: string, value: string): void {
    this.#items.set(String(key), String(value));
  }
}

/** Makes sure that `host[name]` can be used. Returns false when it had to be replaced. */
export function ensureStorage(name: StorageName, host: object = window): boolean {
  try {
    const storage = (host as Record<StorageName, Storage>)[name];
    storage.setItem(PROBE, "1");
    storage.removeItem(PROBE);
    return true;
  } catch {
    Object.defineProperty(host, name, {
      configurable: true,
      enumerable: true,
      value: new MemoryStorage(),
    });
    return false;
  }
}

ensureStorage("localStorage");
ensureStorage("sessionStorage");
