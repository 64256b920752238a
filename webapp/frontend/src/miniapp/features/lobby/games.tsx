/** Game tiles and lines. */

import { usePlatform } from "@app/app/platform";
import { useUnavailable } from "@app/app/providers";
import type { Game } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { cx } from "@shared/lib/cx";
import { formatDecimal, trimZeros } from "@shared/money/decimal";
import { Art } from "@shared/ui/art";
import { Icon, type IconName } from "@shared/ui/icon";
import { Skeleton } from "@shared/ui/state";
import { toast } from "@shared/ui/toast";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useLocation, useSearch, Link as WouterLink } from "wouter";
import { pathOf } from "./paths";
import { useFavourite } from "./queries";

export { pathOf } from "./paths";
export { useHouseGames as useGames } from "./queries";

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

// The widths that our image cache offers a tile, and how wide it is where it stands.
const WIDTHS = [160, 320, 480] as const;
const USUAL_WIDTH = 320;
const SIZES = {
  row: "(min-width: 64rem) 148px, 112px",
  grid: "(min-width: 64rem) 180px, (min-width: 45rem) 20vw, (min-width: 32.5rem) 25vw, 33vw",
  square: "48px",
};
type Place = keyof typeof SIZES;

function pictureOf(image: string, width: number): string {
  return `${image}${image.includes("?") ? "&" : "?"}w=${width}`;
}

interface ArtProps {
  game: Game;
  shape?: "tile" | "square";
  place?: Place;
}

/** The provider's picture through our image cache, or art of our own. */
export function GameArt({ game, shape = "tile", place = "row" }: ArtProps) {
  const [broken, setBroken] = useState<string | null>(null);
  const { image } = game;
  if (image === null || broken === image) {
    return <Art category={game.category} shape={shape} slug={game.own} title={game.title} />;
  }
  return (
    <img
      alt=""
      className="h-full w-full object-cover"
      decoding="async"
      height={shape === "tile" ? 149 : 48}
      loading="lazy"
      onError={() => setBroken(image)}
      sizes={SIZES[shape === "tile" ? place : "square"]}
      src={pictureOf(image, USUAL_WIDTH)}
      srcSet={WIDTHS.map((width) => `${pictureOf(image, width)} ${width}w`).join(", ")}
      width={shape === "tile" ? 112 : 48}
    />
  );
}

interface GameLinkProps {
  to: string;
  title: string;
  /** Its provider is unavailable: a tap says so. */
  away: boolean;
  className: string;
  children: ReactNode;
  testId?: string | undefined;
}

/** To a game, and back to what the address asks for now. */
export function GameLink({ to, title, away, className, children, testId }: GameLinkProps) {
  const t = useT();
  const platform = usePlatform();
  const [location] = useLocation();
  const search = useSearch();
  const depth = (history.state as { depth?: number } | null)?.depth ?? 0;
  return (
    <WouterLink
      aria-disabled={away || undefined}
      className={className}
      data-testid={testId}
      href={to}
      onClick={(event) => {
        platform.impact("light");
        if (!away) return;
        event.preventDefault();
        toast(t("app-unavailable-tapped", { title }));
      }}
      state={{ depth: depth + 1, from: search ? `${location}?${search}` : location }}
    >
      {children}
    </WouterLink>
  );
}

function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="absolute start-1.5 top-2 rounded-chip bg-black px-1.5 py-0.5 text-micro font-semibold text-white opacity-80">
      {children}
    </span>
  );
}

/** Beside the link to the game, not inside: a tap on it opens nothing. */
function Heart({ game, title, onArt }: { game: Game; title: string; onArt: boolean }) {
  const t = useT();
  const platform = usePlatform();
  const favourite = useFavourite(game);
  if (!favourite) return null;
  const { on, toggle } = favourite;
  return (
    <button
      aria-label={t("app-favourite", { title })}
      aria-pressed={on}
      className={cx(
        "press grid size-11 shrink-0 rounded-control",
        onArt ? "absolute end-0 top-0 content-start justify-end p-1.5" : "place-items-center",
      )}
      onClick={() => {
        platform.impact("light");
        toggle();
      }}
      type="button"
    >
      <span
        className={cx(
          "grid place-items-center rounded-chip",
          onArt ? "size-7 bg-black/45" : "size-9",
          on && (onArt ? "text-[#ff5468]" : "text-lose"),
          !on && (onArt ? "text-white" : "text-faint hover:text-fg"),
        )}
      >
        <Icon
          className={cx(on && "animate-pop fill-current")}
          key={on ? "on" : "off"}
          name="heart"
          size={onArt ? 16 : 20}
        />
      </span>
    </button>
  );
}

export function useTitle(): (game: Game) => string {
  const t = useT();
  return (game) => (game.own === "dice" ? t("game-dice-title") : game.title);
}

interface TileProps {
  game: Game;
  place?: Place;
  /** Sets the same game apart in several rows. */
  row?: string;
}

export function GameTile({ game, place = "row", row = "tile" }: TileProps) {
  const t = useT();
  const titleOf = useTitle();
  const language = useTexts((state) => state.language);
  const away = useUnavailable(game.provider);
  const path = pathOf(game);
  if (path === null) return null;
  const title = titleOf(game);
  return (
    <div className="relative aspect-3/4 w-full [contain-intrinsic-size:auto_112px_auto_149px] [content-visibility:auto]">
      <GameLink
        away={away}
        className="press group relative block h-full overflow-hidden rounded-tile bg-raised text-white focus-visible:-outline-offset-2"
        testId={`${row}-${game.id}`}
        title={title}
        to={path}
      >
        <span
          className={cx(
            "absolute inset-0 transition-transform duration-300",
            away ? "opacity-45 grayscale" : "lg:full:group-hover:scale-105",
          )}
        >
          <GameArt game={game} place={place} />
        </span>
        {away && (
          <span className="absolute inset-x-1.5 top-11 rounded-chip bg-black/75 px-1.5 py-1 text-center text-micro font-semibold text-balance text-white">
            {t("app-unavailable")}
          </span>
        )}
        {game.rtp !== null && game.own !== null && (
          <Badge>{t("app-rtp", { rtp: formatDecimal(trimZeros(game.rtp), language) })}</Badge>
        )}
        <span className="absolute inset-x-0 bottom-0 bg-linear-to-t from-black/80 via-black/55 to-transparent px-2 pt-8 pb-2 xs:px-2.5">
          <span className="line-clamp-2 text-caption font-bold text-balance wrap-break-word xs:text-tile">
            {title}
          </span>
          <span className="mt-0.5 block truncate text-micro text-white opacity-80">
            {game.own === null ? game.studio : t("app-house-game")}
          </span>
        </span>
      </GameLink>
      <Heart game={game} onArt title={title} />
    </div>
  );
}

const TILE = "w-28 lg:w-37";

export function GameRow({ games, row }: { games: readonly Game[]; row?: string }) {
  const rail = useRef<HTMLDivElement>(null);
  return (
    <div className="group/row relative">
      <div className="rail" ref={rail}>
        {games.map((game) => (
          <div className={TILE} key={game.id}>
            <GameTile game={game} {...(row && { row })} />
          </div>
        ))}
      </div>
      <Arrows count={games.length} rail={rail} />
    </div>
  );
}

/** For a mouse, which cannot push a row aside; keyboards go from tile to tile. */
function Arrows({ rail, count }: { rail: RefObject<HTMLDivElement | null>; count: number }) {
  const [room, setRoom] = useState({ before: false, after: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: more games make more room
  useEffect(() => {
    const box = rail.current;
    if (!box) return;
    const look = () => {
      const from = Math.abs(box.scrollLeft); // negative where text runs from right to left
      setRoom({ before: from > 8, after: from + box.clientWidth < box.scrollWidth - 8 });
    };
    look();
    box.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      box.removeEventListener("scroll", look);
      window.removeEventListener("resize", look);
    };
  }, [rail, count]);
  const move = (forward: boolean) => {
    const box = rail.current;
    if (!box) return;
    const sign = forward === (getComputedStyle(box).direction === "ltr") ? 1 : -1;
    const calm = document.documentElement.dataset.effects === "off";
    box.scrollBy({ left: sign * box.clientWidth * 0.8, behavior: calm ? "auto" : "smooth" });
  };
  const arrow = (icon: IconName, shown: boolean, forward: boolean) =>
    shown && (
      <button
        aria-hidden="true"
        className={cx(
          "absolute inset-y-0 my-auto hidden size-11 place-items-center rounded-chip border border-line bg-raised text-fg opacity-0 transition-opacity duration-150 group-hover/row:opacity-100 lg:grid",
          forward ? "-end-3" : "-start-3",
        )}
        onClick={() => move(forward)}
        tabIndex={-1}
        type="button"
      >
        <Icon name={icon} size={20} />
      </button>
    );
  return (
    <>
      {arrow("back", room.before, false)}
      {arrow("next", room.after, true)}
    </>
  );
}

const GRID =
  "grid grid-cols-3 gap-2.5 sm:grid-cols-4 md:grid-cols-5 lg:grid-cols-6 2xl:grid-cols-7";

export function GameGrid({ games }: { games: readonly Game[] }) {
  return (
    <div className={GRID}>
      {games.map((game) => (
        <GameTile game={game} key={game.id} place="grid" />
      ))}
    </div>
  );
}

/** A game in a list, for search results. */
export function GameLine({ game }: { game: Game }) {
  const t = useT();
  const titleOf = useTitle();
  const away = useUnavailable(game.provider);
  const path = pathOf(game);
  if (path === null) return null;
  const title = titleOf(game);
  return (
    <div className="flex items-center rounded-card hover:bg-surface">
      <GameLink
        away={away}
        className="press flex min-h-16 min-w-0 flex-1 items-center gap-3 rounded-card px-2"
        testId={`line-${game.id}`}
        title={title}
        to={path}
      >
        <span
          className={cx(
            "size-12 shrink-0 overflow-hidden rounded-control bg-raised",
            away && "opacity-45 grayscale",
          )}
        >
          <GameArt game={game} shape="square" />
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate font-semibold">{title}</span>
          <span className="block truncate text-caption text-muted">
            {away ? t("app-unavailable") : game.own === null ? game.studio : t("app-house-game")}
          </span>
        </span>
      </GameLink>
      <Heart game={game} onArt={false} title={title} />
    </div>
  );
}

export function TileSkeletons() {
  return (
    <div className="rail">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((i) => (
        <Skeleton className={cx("aspect-3/4 rounded-tile", TILE)} key={i} />
      ))}
    </div>
  );
}

export function GridSkeleton({ count = 12 }: { count?: number }) {
  return (
    <div className={GRID}>
      {Array.from({ length: count }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are nothing but their places
        <Skeleton className="aspect-3/4 w-full rounded-tile" key={i} />
      ))}
    </div>
  );
}
