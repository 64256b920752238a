/** Where a game is played. */

import type { Game } from "@shared/api/types";

/** House games with a page of ours; others of the house are not playable here yet. */
const OWN_PAGES: Record<string, string> = { dice: "/dice" };

export function pathOf(game: Game): string | null {
  return game.own === null ? `/play/${game.id}` : (OWN_PAGES[game.own] ?? null);
}
