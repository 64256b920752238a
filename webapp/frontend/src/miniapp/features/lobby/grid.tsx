import { useBack, useGo } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { Shell } from "@app/app/shell";
import { type Translate, useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button, Chip } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure } from "@shared/ui/state";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useSearch } from "wouter";
import {
  addressOf,
  chosenOf,
  type Filter,
  isMode,
  isPersonal,
  readFilter,
  SORTS,
  type Sort,
  usualSort,
} from "./filter";
import { GameGrid, GridSkeleton, useCategory } from "./games";
import { More } from "./more";
import { useFeature } from "./names";
import { useGamePages } from "./pages";
import { useKeptPlace } from "./place";
import { useFacets, useFavourites, useHouseGames, useRecent } from "./queries";

const SHEET = "filters";

const Filters = lazy(() => import("./filters").then((m) => ({ default: m.Filters })));

/** Games by what they are, without an end; everything chosen is in the address. */
export function Grid() {
  const t = useT();
  const search = useSearch();
  const filter = useMemo(() => readFilter(new URLSearchParams(search)), [search]);
  const named = useCategory();
  const title = titleOf(filter, t, (category) => named(category).label);
  return (
    <Shell title={title}>
      {isPersonal(filter) ? (
        <Personal filter={filter} />
      ) : (
        <Catalogue filter={filter} title={title} />
      )}
    </Shell>
  );
}

function titleOf(filter: Filter, t: Translate, named: (category: string) => string): string {
  if (filter.studio) return filter.studio;
  switch (filter.collection) {
    case "popular":
    case "new":
    case "favourites":
    case "recent":
      return t(`app-row-${filter.collection}`);
    default:
      return filter.category ? named(filter.category) : t("app-all-games");
  }
}

function Personal({ filter }: { filter: Filter }) {
  const t = useT();
  const favourites = useFavourites();
  const recent = useRecent();
  const kept = filter.collection === "favourites";
  const games = kept ? (favourites.data?.games ?? []) : recent.games;
  const waiting = kept ? favourites.isPending : recent.isPending;
  useKeptPlace(!waiting);
  if (kept && favourites.isError)
    return <Failure error={favourites.error} onRetry={() => void favourites.refetch()} />;
  if (waiting) return <GridSkeleton />;
  if (games.length === 0 && kept)
    return (
      <Empty icon="heart" note={t("app-no-favourites-note")} title={t("app-no-favourites")} />
    );
  if (games.length === 0) return <Empty icon="clock" title={t("app-no-recent")} />;
  return <GameGrid games={games} />;
}

function Catalogue({ filter, title }: { filter: Filter; title: string }) {
  const t = useT();
  const go = useGo();
  const back = useBack();
  const platform = usePlatform();
  const list = useGamePages(filter);
  // Collections are not counted.
  const counted = filter.collection === undefined;
  const facets = useFacets({ ...filter, category: undefined }, counted);
  useKeptPlace(list.isSuccess && !list.isPlaceholderData);
  const counts = counted && facets.data ? countsOf(facets.data.categories) : null;
  const total = filter.category ? counts?.get(filter.category) : facets.data?.games;
  const change = (next: Filter) => {
    platform.selection();
    go(addressOf(next), true);
    window.scrollTo(0, 0);
  };
  return (
    <>
      <Categories counts={counts} filter={filter} onChange={change} />
      <div className="sticky top-[calc(var(--sat)+var(--header))] z-10 -mx-[var(--gutter)] flex items-center gap-2 bg-page px-[var(--gutter)] py-2">
        <FilterButton
          count={chosenOf(filter)}
          onPress={() => go(`${addressOf(filter)}&${SHEET}=1`)}
        />
        <SortChoice
          onChange={(sort) => change({ ...filter, sort })}
          sort={filter.sort ?? usualSort(filter)}
        />
      </div>
      <Chosen filter={filter} onChange={change} />
      <div className="flex min-h-8 items-baseline justify-between gap-3 pt-1">
        <h2 className="min-w-0 truncate text-h2 font-semibold">{title}</h2>
        <p className="shrink-0 text-caption text-muted" role="status">
          {counts !== null && t("app-games", { count: total ?? 0 })}
        </p>
      </div>
      <div className={cx("pt-1", list.isPlaceholderData && "opacity-60")}>
        {list.isError && !list.data ? (
          <Failure error={list.error} onRetry={() => void list.refetch()} />
        ) : !list.data ? (
          <GridSkeleton />
        ) : list.data.games.length === 0 ? (
          <Empty
            action={
              <Button onClick={() => change({ sort: filter.sort })} tone="raised">
                {t("app-filters-reset")}
              </Button>
            }
            icon="search"
            note={t("app-no-matches-note")}
            title={t("app-no-matches")}
          />
        ) : (
          <>
            <GameGrid games={list.data.games} />
            <More list={list} />
          </>
        )}
      </div>
      <FilterSheet filter={filter} onApply={change} onClose={back} />
    </>
  );
}

function countsOf(values: readonly { value: string; games: number }[]): Map<string, number> {
  return new Map(values.map(({ value, games }) => [value, games]));
}

interface ChangeProps {
  filter: Filter;
  onChange: (next: Filter) => void;
}

function Categories({
  filter,
  counts,
  onChange,
}: ChangeProps & { counts: Map<string, number> | null }) {
  const t = useT();
  const named = useCategory();
  const all = useHouseGames().data?.categories ?? [];
  const { category: chosen } = filter;
  const shown = all.filter((c) => counts === null || counts.has(c) || c === chosen);
  return (
    <div className="rail min-h-11 items-center gap-2">
      <Chip icon="grid" on={!chosen} onClick={() => onChange({ ...filter, category: undefined })}>
        {t("app-category-all")}
      </Chip>
      {shown.map((category) => {
        const { label, icon } = named(category);
        return (
          <Chip
            icon={icon}
            key={category}
            on={category === chosen}
            onClick={() => onChange({ ...filter, category })}
          >
            {label}
          </Chip>
        );
      })}
    </div>
  );
}

function FilterButton({ count, onPress }: { count: number; onPress: () => void }) {
  const t = useT();
  return (
    <button
      aria-haspopup="dialog"
      className="press inline-flex h-11 shrink-0 items-center gap-2 rounded-control bg-surface px-3.5 font-semibold"
      data-testid="filters"
      onClick={onPress}
      type="button"
    >
      <Icon name="adjust" size={20} />
      {t("app-filters")}
      {count > 0 && (
        <span className="grid h-5 min-w-5 place-items-center rounded-chip bg-accent px-1.5 text-micro font-bold text-on-accent">
          {count}
        </span>
      )}
    </button>
  );
}

function SortChoice({ sort, onChange }: { sort: Sort; onChange: (sort: Sort) => void }) {
  const t = useT();
  return (
    <label className="relative flex h-11 min-w-0 items-center rounded-control bg-surface text-fg focus-within:outline-2 focus-within:outline-accent">
      <select
        aria-label={t("app-sort")}
        className="h-full min-w-0 appearance-none truncate rounded-control bg-surface ps-3.5 pe-9 text-[16px] font-semibold outline-none sm:text-body"
        data-testid="sort"
        onChange={(event) => {
          const chosen = SORTS.find((name) => name === event.target.value);
          if (chosen) onChange(chosen);
        }}
        value={sort}
      >
        {SORTS.map((name) => (
          <option key={name} value={name}>
            {t(`app-sort-${name}`)}
          </option>
        ))}
      </select>
      <Icon className="pointer-events-none absolute end-3 text-muted" name="down" size={16} />
    </label>
  );
}

/** What is on, each to be taken away with one tap. */
function Chosen({ filter, onChange }: ChangeProps) {
  const t = useT();
  const feature = useFeature();
  const { collection, volatility, studio, category, features = [] } = filter;
  const shown: { label: string; without: Filter }[] = [];
  if (isMode(collection))
    shown.push({
      label: t(collection === "has_demo" ? "app-filter-demo" : "app-filter-free-spins"),
      without: { ...filter, collection: undefined },
    });
  // Alone it is the page itself.
  if (studio && (category || chosenOf(filter) > 1))
    shown.push({ label: studio, without: { ...filter, studio: undefined } });
  if (volatility)
    shown.push({
      label: t("app-filter-volatility-is", { level: t(`app-volatility-${volatility}`) }),
      without: { ...filter, volatility: undefined },
    });
  for (const name of features)
    shown.push({
      label: feature(name),
      without: { ...filter, features: features.filter((other) => other !== name) },
    });
  if (shown.length === 0) return null;
  return (
    <div className="rail gap-2 pb-2">
      {shown.map(({ label, without }) => (
        <button
          aria-label={t("app-filter-remove", { name: label })}
          className="press inline-flex h-9 items-center gap-1.5 rounded-chip bg-accent-soft ps-3.5 pe-2.5 text-caption font-semibold whitespace-nowrap text-info"
          key={label}
          onClick={() => onChange(without)}
          type="button"
        >
          {label}
          <Icon name="close" size={16} />
        </button>
      ))}
    </div>
  );
}

interface FilterSheetProps {
  filter: Filter;
  onApply: (next: Filter) => void;
  onClose: () => void;
}

/** Open while the address says so: the way back closes it. */
function FilterSheet({ filter, onApply, onClose }: FilterSheetProps) {
  const open = new URLSearchParams(useSearch()).has(SHEET);
  const [shown, setShown] = useState(open);
  useEffect(() => {
    if (open) setShown(true);
  }, [open]);
  if (!open && !shown) return null;
  return (
    <Suspense fallback={null}>
      <Filters
        filter={filter}
        onApply={onApply}
        onClose={onClose}
        onClosed={() => setShown(false)}
        open={open}
      />
    </Suspense>
  );
}
