/** What was played on this device, newest first. */

const KEY = "croupier:recent";
const KEPT = 8;

export function recentIds(): string[] {
  try {
    const ids = JSON.parse(localStorage.getItem(KEY) ?? "[]") as unknown;
    return Array.isArray(ids) ? ids.filter((id) => typeof id === "string").slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

export function remember(gameId: string): void {
  const ids = [gameId, ...recentIds().filter((id) => id !== gameId)].slice(0, KEPT);
  localStorage.setItem(KEY, JSON.stringify(ids));
}
