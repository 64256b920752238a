import { Link, useGo } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { openSheet } from "@app/app/sheets-store";
import { ModeBadge, Shell } from "@app/app/shell";
import { useSession } from "@shared/api/session";
import type { Facets, Game, Games, UnfinishedRound } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { whenIdle } from "@shared/lib/idle";
import { Chip } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure } from "@shared/ui/state";
import { Banner, SectionTitle } from "@shared/ui/surface";
import { type ReactNode, useEffect, useState } from "react";
import { addressOf, type Filter } from "./filter";
import { GameRow, GameTile, TileSkeletons, useCategory } from "./games";
import { Hero } from "./hero";
import { useNear } from "./near";
import { useKeptPlace } from "./place";
import {
  SHELF,
  useFacets,
  useFavourites,
  useHouseGames,
  useRecent,
  useShelf,
  useUnfinished,
} from "./queries";
import { UnfinishedShelf } from "./unfinished";

const ROW_MIN = 3;
const STUDIOS_MAX = 24;
const EVERYTHING: Filter = {};
const POPULAR: Filter = { collection: "popular" };
const NEW: Filter = { collection: "new" };

export function Lobby() {
  const t = useT();
  const frozen = useSession((state) => state.player?.frozen);
  const house = useHouseGames();
  const own = house.data?.games ?? [];
  useEffect(() => {
    whenIdle(() => {
      void import("./search");
    });
  }, []);
  return (
    <Shell>
      {frozen && (
        <div className="mb-3">
          <Banner icon="lock" tone="gold">
            {t("app-frozen")}
          </Banner>
        </div>
      )}
      <Hero dice={own.find((game) => game.own === "dice")} />
      <SearchField />
      <CategoryChips categories={house.data?.categories ?? []} />
      {house.isError ? (
        <Failure error={house.error} onRetry={() => void house.refetch()} />
      ) : house.data?.categories.length === 0 ? (
        <Empty icon="spade" note={t("app-no-games-note")} title={t("app-no-games")} />
      ) : (
        <Rows />
      )}
      <Footer />
    </Shell>
  );
}

function SearchField() {
  const t = useT();
  return (
    <Link
      className="press mt-3 flex h-11 items-center gap-2.5 rounded-control bg-surface px-3.5 text-muted"
      to="/search"
    >
      <Icon name="search" size={20} />
      {t("app-search-games")}
    </Link>
  );
}

function CategoryChips({ categories }: { categories: readonly string[] }) {
  const t = useT();
  const go = useGo();
  const platform = usePlatform();
  const named = useCategory();
  const open = (filter: Filter) => {
    platform.selection();
    go(addressOf(filter));
  };
  return (
    <nav
      aria-label={t("app-categories")}
      className="sticky top-[calc(var(--sat)+var(--header))] z-10 -mx-[var(--gutter)] bg-page px-[var(--gutter)] py-3"
    >
      <div className="rail gap-2">
        <Chip icon="grid" on={false} onClick={() => open(EVERYTHING)}>
          {t("app-category-all")}
        </Chip>
        {categories.map((category) => {
          const { label, icon } = named(category);
          return (
            <Chip icon={icon} key={category} on={false} onClick={() => open({ category })}>
              {label}
            </Chip>
          );
        })}
      </div>
    </nav>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-6 pt-1">
      <TileSkeletons />
      <TileSkeletons />
    </div>
  );
}

function Rows() {
  const house = useHouseGames();
  const unfinished = useUnfinished();
  const recent = useRecent();
  const favourites = useFavourites();
  const popular = useShelf(POPULAR);
  const fresh = useShelf(NEW);
  const facets = useFacets(EVERYTHING);
  // Which rows there are is known at once or not at all: none may push another away.
  const answers = [house, unfinished, recent, favourites, popular, fresh, facets];
  const waiting = answers.some((answer) => answer.isPending);
  useKeptPlace(!waiting);
  if (waiting) return <Waiting />;
  return (
    <Shelves
      categories={house.data?.categories ?? []}
      facets={facets.data}
      favourites={favourites.data?.games ?? []}
      fresh={fresh.data}
      own={house.data?.games ?? []}
      popular={popular.data}
      recent={recent.games}
      unfinished={unfinished.data ?? []}
    />
  );
}

interface ShelvesProps {
  unfinished: readonly UnfinishedRound[];
  own: readonly Game[];
  categories: readonly string[];
  recent: readonly Game[];
  favourites: readonly Game[];
  popular: Games | undefined;
  fresh: Games | undefined;
  facets: Facets | undefined;
}

function Shelves(props: ShelvesProps) {
  const { own, categories, unfinished, recent, favourites, popular, fresh, facets } = props;
  const t = useT();
  // A row that came with the first heart would push that heart from under the finger.
  const [kept] = useState(favourites.length > 0);
  const counts = new Map(facets?.categories.map(({ value, games }) => [value, games]));
  const large = categories.filter((category) => (counts.get(category) ?? 0) >= ROW_MIN);
  return (
    <div className="animate-fade flex flex-col gap-6 pt-1">
      <UnfinishedShelf rounds={unfinished} />
      <Shelf games={recent} name="recent" title={t("app-row-recent")} />
      {kept && (
        <Shelf
          filter={{ collection: "favourites" }}
          games={favourites.slice(0, SHELF)}
          more={favourites.length > ROW_MIN}
          name="favourites"
          title={t("app-row-favourites")}
        />
      )}
      {own.length > 0 && <House own={own} />}
      <Shelf
        filter={POPULAR}
        games={popular?.games ?? []}
        more={Boolean(popular?.next)}
        name="popular"
        title={t("app-row-popular")}
      />
      <Shelf
        filter={NEW}
        games={fresh?.games ?? []}
        more={Boolean(fresh?.next)}
        name="new"
        title={t("app-row-new")}
      />
      {large.map((category) => (
        <CategoryShelf category={category} count={counts.get(category) ?? 0} key={category} />
      ))}
      {facets && <Studios facets={facets} />}
      <MoreLink filter={EVERYTHING} wide>
        {t("app-all-games")}
      </MoreLink>
    </div>
  );
}

interface MoreLinkProps {
  filter: Filter;
  wide?: boolean;
  about?: string;
  children: ReactNode;
}

function MoreLink({ filter, wide = false, about, children }: MoreLinkProps) {
  return (
    <Link
      aria-label={about}
      className={
        wide
          ? "press flex h-12 items-center justify-center gap-1.5 rounded-control bg-surface font-semibold"
          : "press -my-2 flex h-11 shrink-0 items-center gap-1 text-caption font-semibold text-info"
      }
      to={addressOf(filter)}
    >
      {children}
      <Icon name="next" size={16} />
    </Link>
  );
}

interface ShelfProps {
  name: string;
  title: string;
  games: readonly Game[];
  /** Where the rest of them are. */
  filter?: Filter;
  more?: boolean;
}

function Shelf({ name, title, games, filter, more = false }: ShelfProps) {
  const t = useT();
  if (games.length === 0) return null;
  const all = t("app-see-all");
  return (
    <section>
      <SectionTitle
        action={
          filter &&
          more && (
            <MoreLink about={`${all}: ${title}`} filter={filter}>
              {all}
            </MoreLink>
          )
        }
      >
        {title}
      </SectionTitle>
      <GameRow games={games} row={name} />
    </section>
  );
}

/** Asked for only when it comes near; its place is kept for it. */
function CategoryShelf({ category, count }: { category: string; count: number }) {
  const t = useT();
  const { label } = useCategory()(category);
  const [place, near] = useNear<HTMLElement>();
  const shelf = useShelf({ category }, near);
  return (
    <section ref={place}>
      <SectionTitle
        action={
          count > ROW_MIN && (
            <MoreLink about={`${t("app-see-all-of", { count })}: ${label}`} filter={{ category }}>
              {t("app-see-all-of", { count })}
            </MoreLink>
          )
        }
      >
        {label}
      </SectionTitle>
      {shelf.data ? <GameRow games={shelf.data.games} row={category} /> : <TileSkeletons />}
    </section>
  );
}

/** The house's own games; while they are few, what sets them apart stands beside them. */
function House({ own }: { own: readonly Game[] }) {
  const t = useT();
  return (
    <section>
      <SectionTitle>{t("app-row-house")}</SectionTitle>
      {own.length >= ROW_MIN ? (
        <GameRow games={own} />
      ) : (
        <div className="flex gap-2.5">
          {own.map((game) => (
            <div className="w-28 shrink-0 lg:w-37" key={game.id}>
              <GameTile game={game} />
            </div>
          ))}
          <Link
            className="press flex min-w-0 flex-1 flex-col justify-center gap-2 rounded-tile bg-surface px-3 py-2 xs:px-4 lg:max-w-100"
            to="/fairness"
          >
            <span className="flex items-center gap-3">
              <span className="hidden size-10 shrink-0 place-items-center rounded-control bg-win-soft text-win xs:grid">
                <Icon name="shield" size={22} />
              </span>
              <span className="font-semibold text-balance">{t("app-hero-fair-title")}</span>
            </span>
            <span className="line-clamp-3 text-caption text-muted text-pretty">
              {t("app-hero-fair-note")}
            </span>
          </Link>
        </div>
      )}
    </section>
  );
}

function Studios({ facets }: { facets: Facets }) {
  const t = useT();
  const { studios } = facets;
  if (studios.length < 2) return null;
  return (
    <section>
      <SectionTitle>{t("app-row-studios")}</SectionTitle>
      <div className="rail">
        {studios.slice(0, STUDIOS_MAX).map(({ value, games }) => (
          <Link
            className="press flex h-14 min-w-24 flex-col items-center justify-center rounded-control bg-surface px-4 text-muted hover:text-fg"
            key={value}
            to={addressOf({ studio: value })}
          >
            <span className="text-caption font-bold tracking-wide whitespace-nowrap text-fg">
              {value}
            </span>
            <span className="text-micro">{t("app-games", { count: games })}</span>
          </Link>
        ))}
      </div>
    </section>
  );
}

function Footer() {
  const t = useT();
  const link =
    "press inline-flex min-h-11 items-center px-1 text-caption text-muted hover:text-fg";
  return (
    <footer className="mt-8 flex flex-col items-center gap-2 border-t border-line pt-5 text-center">
      <div className="flex flex-wrap items-center justify-center gap-x-4">
        <Link className={link} to="/fairness">
          {t("app-fairness")}
        </Link>
        <button className={link} onClick={() => openSheet({ name: "rules" })} type="button">
          {t("app-rules")}
        </button>
        <Link className={link} root to="/profile">
          {t("app-help-and-limits")}
        </Link>
      </div>
      <p className="flex items-center gap-2 text-micro text-faint">
        <span className="grid size-7 place-items-center rounded-chip border-2 border-line text-micro font-bold">
          18+
        </span>
        {t("app-footer-note")}
      </p>
      <ModeBadge />
    </footer>
  );
}
