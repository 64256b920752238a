import { Link } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { openSheet } from "@app/app/sheets-store";
import { ModeBadge, Shell } from "@app/app/shell";
import { useSession } from "@shared/api/session";
import type { Game } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { Chip } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure } from "@shared/ui/state";
import { Banner, SectionTitle } from "@shared/ui/surface";
import { useState } from "react";
import { GameGrid, GameRow, GameTile, TileSkeletons, useCategory, useGames } from "./games";
import { Hero } from "./hero";
import { recentIds } from "./recent";

const ALL = "";
const ROW_MIN = 3;
const ROW_MAX = 14;

export function Lobby() {
  const t = useT();
  const games = useGames();
  const frozen = useSession((state) => state.player?.frozen);
  const [category, setCategory] = useState(ALL);
  const all = games.data?.games ?? [];
  const shown = category === ALL ? null : all.filter((game) => game.category === category);
  return (
    <Shell>
      {frozen && (
        <div className="mb-3">
          <Banner icon="lock" tone="gold">
            {t("app-frozen")}
          </Banner>
        </div>
      )}
      <Hero dice={all.find((game) => game.own === "dice")} />
      <SearchField />
      <CategoryChips
        categories={games.data?.categories ?? []}
        chosen={category}
        onChoose={setCategory}
      />
      {games.isError ? (
        <Failure error={games.error} onRetry={() => void games.refetch()} />
      ) : games.isPending ? (
        <Waiting />
      ) : all.length === 0 ? (
        <Empty icon="spade" note={t("app-no-games-note")} title={t("app-no-games")} />
      ) : shown ? (
        <div className="animate-fade pt-3">
          <GameGrid games={shown} />
        </div>
      ) : (
        <Rows all={all} categories={games.data.categories} onMore={setCategory} />
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

interface ChipsProps {
  categories: readonly string[];
  chosen: string;
  onChoose: (category: string) => void;
}

function CategoryChips({ categories, chosen, onChoose }: ChipsProps) {
  const t = useT();
  const platform = usePlatform();
  const named = useCategory();
  const choose = (category: string) => {
    platform.selection();
    onChoose(category);
  };
  return (
    <div className="sticky top-[calc(var(--sat)+var(--header))] z-10 -mx-[var(--gutter)] bg-page px-[var(--gutter)] py-3">
      <div className="rail gap-2">
        <Chip icon="grid" on={chosen === ALL} onClick={() => choose(ALL)}>
          {t("app-category-all")}
        </Chip>
        {categories.map((category) => {
          const { label, icon } = named(category);
          return (
            <Chip
              icon={icon}
              key={category}
              on={chosen === category}
              onClick={() => choose(category)}
            >
              {label}
            </Chip>
          );
        })}
      </div>
    </div>
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

interface RowsProps {
  all: readonly Game[];
  categories: readonly string[];
  onMore: (category: string) => void;
}

function Rows({ all, categories, onMore }: RowsProps) {
  const t = useT();
  const named = useCategory();
  const own = all.filter((game) => game.own !== null);
  const foreign = all.filter((game) => game.own === null);
  // A row for each category would be mostly air: small ones share one.
  const few = foreign.filter(
    (game) => foreign.filter(({ category }) => category === game.category).length < ROW_MIN,
  );
  const recent = recentIds()
    .map((id) => all.find((game) => game.id === id))
    .filter((game) => game !== undefined);
  const studios = [...new Set(foreign.map((game) => game.studio))];
  return (
    <div className="flex flex-col gap-6 pt-1">
      {recent.length > 0 && (
        <section>
          <SectionTitle>{t("app-row-recent")}</SectionTitle>
          <GameRow games={recent} />
        </section>
      )}
      {own.length > 0 && <House own={own} />}
      {categories.map((category) => {
        const games = foreign.filter((game) => game.category === category);
        if (games.length < ROW_MIN) return null;
        return (
          <section key={category}>
            <SectionTitle
              action={
                games.length > 3 && (
                  <button
                    className="press -my-2 flex h-11 items-center gap-1 text-caption font-semibold text-info"
                    onClick={() => {
                      onMore(category);
                      window.scrollTo({ top: 0 });
                    }}
                    type="button"
                  >
                    {t("app-see-all", { count: games.length })}
                    <Icon name="next" size={16} />
                  </button>
                )
              }
            >
              {named(category).label}
            </SectionTitle>
            <GameRow games={games.slice(0, ROW_MAX)} />
          </section>
        );
      })}
      {few.length > 0 && (
        <section>
          <SectionTitle>{t("app-row-more")}</SectionTitle>
          <GameRow games={few} />
        </section>
      )}
      {studios.length > 1 && <Studios names={studios} />}
    </div>
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
            className="press flex min-w-0 flex-1 flex-col justify-center gap-2 rounded-tile bg-surface px-4 py-2 lg:max-w-100"
            to="/fairness"
          >
            <span className="flex items-center gap-3">
              <span className="grid size-10 shrink-0 place-items-center rounded-control bg-win-soft text-win">
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

function Studios({ names }: { names: readonly string[] }) {
  const t = useT();
  return (
    <section>
      <SectionTitle>{t("app-row-studios")}</SectionTitle>
      <div className="rail">
        {names.map((name) => (
          <Link
            className="press grid h-12 min-w-24 place-items-center rounded-control bg-surface px-4 text-caption font-bold tracking-wide text-muted hover:text-fg"
            key={name}
            to={`/search?q=${encodeURIComponent(name)}`}
          >
            {name}
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
