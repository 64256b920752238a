/** Which games a page shows, as its address says it: back and reload keep it. */

import type { FacetsQuery, GamesQuery } from "@shared/api/types";

export type Collection = NonNullable<GamesQuery["collection"]>;
export type Sort = NonNullable<GamesQuery["sort"]>;
export type Volatility = NonNullable<GamesQuery["volatility"]>;

export const SORTS = ["popular", "new", "title", "rtp"] as const satisfies readonly Sort[];
export const VOLATILITIES = ["low", "medium", "high"] as const satisfies readonly Volatility[];
const COLLECTIONS = [
  "popular",
  "new",
  "has_demo",
  "free_spins",
  "favourites",
  "recent",
] as const satisfies readonly Collection[];

/** What is absent asks for nothing. */
export interface Filter {
  q?: string | undefined;
  category?: string | undefined;
  collection?: Collection | undefined;
  studio?: string | undefined;
  volatility?: Volatility | undefined;
  /** A game must have all of them. */
  features?: readonly string[] | undefined;
  sort?: Sort | undefined;
}

// What the server takes; a longer one was not written by us.
const LONGEST = { category: 16, studio: 64, features: 256 };

const PAGE = "/search";

function oneOf<T extends string>(names: readonly T[], text: string | null): T | undefined {
  return names.find((name) => name === text);
}

/** Reads an address; what it does not know it leaves out. */
export function readFilter(params: URLSearchParams): Filter {
  const text = (name: keyof typeof LONGEST) => {
    const found = params.get(name);
    return found && found.length <= LONGEST[name] ? found : undefined;
  };
  const features = text("features")?.split(",").filter(Boolean).sort();
  return clean({
    category: text("category"),
    collection: oneOf(COLLECTIONS, params.get("collection")),
    studio: text("studio"),
    volatility: oneOf(VOLATILITIES, params.get("volatility")),
    features,
    sort: oneOf(SORTS, params.get("sort")),
  });
}

/** The same without what asks for nothing, so that equal filters have equal keys. */
export function clean(filter: Filter): Filter {
  const kept = Object.entries(filter).filter(
    ([, value]) => value !== undefined && value.length > 0,
  );
  return Object.fromEntries(kept);
}

/** The query of an address. Never empty: a page without one is the search. */
export function writeFilter(filter: Filter): URLSearchParams {
  const { features, ...texts } = clean(filter);
  const params = new URLSearchParams(texts as Record<string, string>);
  if (features) params.set("features", features.join(","));
  if (params.size === 0) params.set("sort", usualSort(filter));
  return params;
}

export function addressOf(filter: Filter): string {
  return `${PAGE}?${writeFilter(filter)}`;
}

/** Whether an address asks for games by what they are, and not by words. */
export function hasFilter(params: URLSearchParams): boolean {
  return Object.keys(readFilter(params)).length > 0;
}

export function usualSort({ collection }: Filter): Sort {
  return collection === "new" ? "new" : "popular";
}

/** A player's own games come in the order of the player's doings, all on one page. */
export function isPersonal({ collection }: Filter): boolean {
  return collection === "favourites" || collection === "recent";
}

export function isMode(collection: Collection | undefined): boolean {
  return collection === "has_demo" || collection === "free_spins";
}

/** How many choices of the filter sheet are on. */
export function chosenOf({ collection, studio, volatility, features = [] }: Filter): number {
  return [isMode(collection), studio, volatility].filter(Boolean).length + features.length;
}

/** The facets of a filter; they know no orders, and nothing of a player. */
export function facetsOf(filter: Filter): FacetsQuery {
  const { q, category, studio, volatility, features } = filter;
  const labels = features?.length ? features.join(",") : undefined;
  const collection = isPersonal(filter) ? undefined : filter.collection;
  const asked = { q, category, collection, studio, volatility, features: labels };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
}

export function queryOf(filter: Filter): GamesQuery {
  const { collection, sort } = filter;
  const asked: GamesQuery = facetsOf(filter);
  if (collection) asked.collection = collection;
  if (sort && sort !== usualSort(filter)) asked.sort = sort;
  return asked;
}
