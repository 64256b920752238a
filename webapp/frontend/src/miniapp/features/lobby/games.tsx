/** Game tiles and where they lead. */

import { Link } from "@app/app/nav";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Game, Games } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { formatDecimal, trimZeros } from "@shared/money/decimal";
import { Art } from "@shared/ui/art";
import { Icon, type IconName } from "@shared/ui/icon";
import { Skeleton } from "@shared/ui/state";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

/** House games with a page of ours; others of the house are not playable here yet. */
const OWN_PAGES: Record<string, string> = { dice: "/dice" };

export function pathOf(game: Game): string | null {
  return game.own === null ? `/play/${game.id}` : (OWN_PAGES[game.own] ?? null);
}

export function useGames() {
  return useQuery({
    queryKey: keys.games(),
    queryFn: () => call(api.GET("/api/v1/games")),
    select: playable,
  });
}

function playable({ games, categories }: Games): Games {
  const shown = games.filter((game) => pathOf(game) !== null);
  return {
    games: shown,
    categories: categories.filter((c) => shown.some((game) => game.category === c)),
  };
}

const categories: Record<string, { label: MessageId; icon: IconName }> = {
  slots: { label: "game-category-slots", icon: "reels" },
  live: { label: "game-category-live", icon: "live" },
  crash: { label: "game-category-crash", icon: "rocket" },
  table: { label: "game-category-table", icon: "cards" },
  instant: { label: "game-category-instant", icon: "bolt" },
};

export function useCategory(): (category: string) => { label: string; icon: IconName } {
  const t = useT();
  return (category) => {
    const known = categories[category];
    return known
      ? { label: t(known.label), icon: known.icon }
      : { label: category, icon: "spade" };
  };
}

/** The provider's picture through our image cache, or art of our own. */
export function GameArt({ game, shape = "tile" }: { game: Game; shape?: "tile" | "square" }) {
  const [broken, setBroken] = useState(false);
  if (game.image === null || broken) {
    return <Art category={game.category} shape={shape} slug={game.own} title={game.title} />;
  }
  return (
    <img
      alt=""
      className="h-full w-full object-cover"
      decoding="async"
      height={149}
      loading="lazy"
      onError={() => setBroken(true)}
      src={game.image}
      width={112}
    />
  );
}

function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="absolute start-2 top-2 rounded-chip bg-black px-2 py-0.5 text-micro font-semibold text-white opacity-80">
      {children}
    </span>
  );
}

export function GameTile({ game }: { game: Game }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  const path = pathOf(game);
  if (path === null) return null;
  const title = game.own === "dice" ? t("game-dice-title") : game.title;
  return (
    <Link
      className="press group relative block aspect-3/4 w-full overflow-hidden rounded-tile bg-raised text-white"
      data-testid={`tile-${game.id}`}
      to={path}
    >
      <span className="absolute inset-0 transition-transform duration-300 lg:full:group-hover:scale-105">
        <GameArt game={game} />
      </span>
      {game.rtp !== null && game.own !== null && (
        <Badge>{t("app-rtp", { rtp: formatDecimal(trimZeros(game.rtp), language) })}</Badge>
      )}
      <span className="absolute inset-x-0 bottom-0 bg-linear-to-t from-black/80 via-black/55 to-transparent px-2.5 pt-8 pb-2">
        <span className="line-clamp-2 text-tile font-bold text-balance">{title}</span>
        <span className="mt-0.5 block truncate text-micro text-white opacity-80">
          {game.own === null ? game.studio : t("app-house-game")}
        </span>
      </span>
    </Link>
  );
}

export function GameRow({ games }: { games: readonly Game[] }) {
  return (
    <div className="rail">
      {games.map((game) => (
        <div className="w-28 lg:w-37" key={game.id}>
          <GameTile game={game} />
        </div>
      ))}
    </div>
  );
}

export function GameGrid({ games }: { games: readonly Game[] }) {
  return (
    <div className="grid grid-cols-3 gap-2.5 sm:grid-cols-4 md:grid-cols-5 lg:grid-cols-6 2xl:grid-cols-7">
      {games.map((game) => (
        <GameTile game={game} key={game.id} />
      ))}
    </div>
  );
}

/** A game in a list, for search results. */
export function GameLine({ game, onOpen }: { game: Game; onOpen?: () => void }) {
  const t = useT();
  const path = pathOf(game);
  if (path === null) return null;
  return (
    <Link
      className="press flex min-h-16 items-center gap-3 rounded-card px-2 hover:bg-surface"
      onClick={onOpen}
      to={path}
    >
      <span className="size-12 shrink-0 overflow-hidden rounded-control">
        <GameArt game={game} shape="square" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-semibold">
          {game.own === "dice" ? t("game-dice-title") : game.title}
        </span>
        <span className="block truncate text-caption text-muted">
          {game.own === null ? game.studio : t("app-house-game")}
        </span>
      </span>
      <Icon className="text-faint" name="next" size={18} />
    </Link>
  );
}

export function TileSkeletons() {
  return (
    <div className="rail">
      {[0, 1, 2, 3, 4, 5, 6].map((i) => (
        <Skeleton className="aspect-3/4 w-28 rounded-tile lg:w-37" key={i} />
      ))}
    </div>
  );
}
