/** What the lobby asks for: little at a time, whatever the size of the catalogue. */

import { usePlatform } from "@app/app/platform";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import { useSession } from "@shared/api/session";
import type { Game, Games, GamesQuery } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { toast } from "@shared/ui/toast";
import { keepPreviousData, useMutation, useQueries, useQuery } from "@tanstack/react-query";
import { type Filter, facetsOf, queryOf } from "./filter";
import { pathOf } from "./paths";
import { recentIds } from "./recent";

export const SHELF = 14;
const FAVOURITES_MAX = 500;
const HOUSE = "house";

/** Only what can be played from here: what runs on other devices is refused by the house. */
export function useVisit(): Pick<GamesQuery, "surface" | "device"> {
  const { surface } = usePlatform();
  return { surface, device: /Mobi|Android/.test(navigator.userAgent) ? "mobile" : "desktop" };
}

/** Without house games that have no page here yet. */
export function playable<T extends Games>(answer: T): T {
  return { ...answer, games: answer.games.filter((game) => pathOf(game) !== null) };
}

function useShelfOf(asked: GamesQuery, enabled = true) {
  const visit = useVisit();
  const query = { ...asked, ...visit, limit: SHELF };
  return useQuery({
    queryKey: keys.shelf(asked),
    queryFn: ({ signal }) => call(api.GET("/api/v1/games", { params: { query }, signal })),
    select: playable,
    enabled,
  });
}

/** The first games of a filter. */
export function useShelf(filter: Filter, enabled = true) {
  return useShelfOf(queryOf(filter), enabled);
}

/** The house's own games. */
export function useHouseGames() {
  return useShelfOf({ provider: HOUSE });
}

export function useFacets(filter: Filter, enabled = true) {
  const visit = useVisit();
  const asked = facetsOf(filter);
  return useQuery({
    queryKey: keys.facets(asked),
    queryFn: ({ signal }) =>
      call(api.GET("/api/v1/games/facets", { params: { query: { ...asked, ...visit } }, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });
}

/** What was played last, newest first: anywhere by a player, else on this device. */
export function useRecent(): { games: readonly Game[]; isPending: boolean } {
  const visit = useVisit();
  const playerId = useSession((state) => state.player?.id);
  const query = { ...visit, collection: "recent" as const, limit: SHELF };
  const played = useQuery({
    queryKey: keys.recent(playerId ?? ""),
    queryFn: ({ signal }) => call(api.GET("/api/v1/games", { params: { query }, signal })),
    select: playable,
    enabled: playerId !== undefined,
    staleTime: 0, // a game may have been left a moment ago
  });
  const local = useQueries({
    queries: (playerId === undefined ? recentIds() : []).map((id) => ({
      queryKey: keys.game(id),
      queryFn: () =>
        call(api.GET("/api/v1/games/{game_id}", { params: { path: { game_id: id } } })),
    })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
  if (playerId === undefined) return { games: local, isPending: false };
  const games = played.data?.games ?? [];
  // None yet may be no longer true: a row that comes late would push the others away.
  return { games, isPending: played.isFetching && games.length === 0 };
}

/** Rounds under way that can be opened from here. */
export function useUnfinished() {
  const playerId = useSession((state) => state.player?.id);
  return useQuery({
    queryKey: keys.unfinished(playerId ?? ""),
    queryFn: ({ signal }) => call(api.GET("/api/v1/rounds/unfinished", { signal })),
    select: ({ rounds }) => rounds.filter(({ game }) => pathOf(game) !== null),
    enabled: playerId !== undefined,
    staleTime: 0, // a game may have been left a moment ago
  });
}

// One set for each answer, however many tiles look into it.
const sets = new WeakMap<Games, Set<string>>();

function idsOf(answer: Games): Set<string> {
  let ids = sets.get(answer);
  if (!ids) {
    ids = new Set(answer.games.map((game) => game.id));
    sets.set(answer, ids);
  }
  return ids;
}

function useFavouritesAs<T>(select: (answer: Games) => T) {
  const visit = useVisit();
  const playerId = useSession((state) => state.player?.id);
  const query = { ...visit, collection: "favourites" as const, limit: FAVOURITES_MAX };
  return useQuery({
    queryKey: keys.favourites(playerId ?? ""),
    queryFn: ({ signal }) => call(api.GET("/api/v1/games", { params: { query }, signal })),
    select,
    enabled: playerId !== undefined,
  });
}

/** All of a player's favourites, newest first: every heart looks into this one answer. */
export function useFavourites() {
  return useFavouritesAs(playable);
}

interface Favourite {
  on: boolean;
  toggle: () => void;
}

/** Whether a game is a favourite, and turning that over at once; null while nobody is signed in. */
export function useFavourite(game: Game): Favourite | null {
  const t = useT();
  const playerId = useSession((state) => state.player?.id);
  const list = useFavouritesAs((answer) => idsOf(answer).has(game.id));
  const on = list.data ?? false;
  const key = keys.favourites(playerId ?? "");
  const params = { path: { game_id: game.id } };
  const { mutate } = useMutation<unknown, unknown, boolean>({
    mutationKey: key,
    // One after the other, or the answer to the first tap could undo the second.
    scope: { id: `favourite ${game.id}` },
    mutationFn: (wanted) =>
      wanted
        ? call(api.PUT("/api/v1/games/{game_id}/favourite", { params }))
        : call(api.DELETE("/api/v1/games/{game_id}/favourite", { params })),
    onMutate: async (wanted, { client }) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData<Games>(key, (answer) => put(answer, game, wanted));
    },
    onError: (_error, wanted, _kept, { client }) => {
      client.setQueryData<Games>(key, (answer) => put(answer, game, !wanted));
      toast(t("app-favourite-failed"), "lose");
    },
    onSettled: (_data, _error, _wanted, _kept, { client }) => {
      if (client.isMutating({ mutationKey: key }) > 1) return;
      return client.invalidateQueries({ queryKey: key });
    },
  });
  if (playerId === undefined) return null;
  return { on, toggle: () => mutate(!on) };
}

function put(answer: Games | undefined, game: Game, wanted: boolean): Games {
  const games = (answer?.games ?? []).filter(({ id }) => id !== game.id);
  return { categories: [], ...answer, games: wanted ? [game, ...games] : games };
}
