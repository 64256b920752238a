/** Where a game is played. */

import type { Game } from "@shared/api/types";

/** House games with a page of ours; others of the house are not playable here yet. */
const OWN_PAGES: Record<string, string> = { dice: "/dice" };

/** Whether something is played there. */
export function isGamePage(path: string): boolean {
  return path.startsWith("/play/") || Object.values(OWN_PAGES).includes(path);
}

export function pathOf(game: Game): string | null {
  if (game.own !== null) return OWN_PAGES[game.own] ?? null;
  return game.has_tables ? tablesPath(game.id) : `/play/${game.id}`;
}

/** Where a table is chosen before such a game is opened. */
export function tablesPath(id: string): string {
  return `/tables/${id}`;
}
