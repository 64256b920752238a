/** A long list of games, page by page. */

import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Games } from "@shared/api/types";
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type Filter, queryOf } from "./filter";
import { playable, useVisit } from "./queries";

const PAGE = 30;
// Asked for anew, all of the pages come one after another.
const FRESH_MS = 5 * 60_000;

// A game that moved down between two pages comes twice.
function asOne({ pages }: InfiniteData<Games>) {
  const games = pages.flatMap((page) => playable(page).games);
  return { games: [...new Map(games.map((game) => [game.id, game])).values()] };
}

export function useGamePages(filter: Filter, enabled = true) {
  const visit = useVisit();
  const asked = queryOf(filter);
  return useInfiniteQuery({
    queryKey: keys.gamePages(asked),
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, ...visit, limit: PAGE, ...(pageParam && { cursor: pageParam }) };
      return call(api.GET("/api/v1/games", { params: { query }, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? null,
    select: asOne,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    enabled,
  });
}
