/** The player's dice rounds, newest first; a new one is put on top without asking again. */

import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Round } from "@shared/api/types";
import { toDecimal, unitsOf } from "@shared/money/decimal";
import { type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

const PAGE = 20;
const GAME = "dice";

interface Page {
  rounds: Round[];
  next: string | null;
}

/** What a round brought or cost, as a plain signed decimal. */
export function profitOf(round: Round, decimals: number): string {
  return toDecimal(unitsOf(round.payout, decimals) - unitsOf(round.stake, decimals), decimals);
}

export function useRounds() {
  const queries = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: keys.rounds(GAME),
    queryFn: ({ pageParam }): Promise<Page> =>
      call(
        api.GET("/api/v1/house/rounds", {
          params: {
            query: { game: GAME, limit: PAGE, ...(pageParam && { before: pageParam }) },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const add = useCallback(
    (round: Round) => {
      queries.setQueryData<InfiniteData<Page, string | null>>(keys.rounds(GAME), (known) => {
        const [first, ...rest] = known?.pages ?? [];
        if (!known || !first || known.pages.some((p) => p.rounds.some((r) => r.id === round.id))) {
          return known;
        }
        const top = { ...first, rounds: [round, ...first.rounds] };
        return { ...known, pages: [top, ...rest] };
      });
    },
    [queries],
  );
  return { query, rounds: query.data?.pages.flatMap((page) => page.rounds) ?? [], add };
}
