import { Shell } from "@app/app/shell";
import { useT } from "@shared/i18n";
import { IconButton } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { SectionTitle } from "@shared/ui/surface";
import { useDeferredValue, useEffect, useRef } from "react";
import { useSearchParams } from "wouter";
import { GameLine, GameRow, useGames } from "./games";
import { recentIds } from "./recent";

/** Full-screen search over the catalogue that is already here: results while typing. */
export function Search() {
  const t = useT();
  const games = useGames();
  const [params, setParams] = useSearchParams();
  const typed = params.get("q") ?? "";
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus({ preventScroll: true });
  }, []);
  const setTyped = (q: string) =>
    setParams(q ? { q } : {}, { replace: true, state: history.state });
  const all = games.data?.games ?? [];
  const found = all.filter((game) =>
    `${game.title} ${game.studio}`.toLowerCase().includes(wanted),
  );
  const recent = recentIds()
    .map((id) => all.find((game) => game.id === id))
    .filter((game) => game !== undefined);
  return (
    <Shell title={t("app-search")}>
      <label className="sticky top-[calc(var(--sat)+var(--header))] z-10 flex h-12 items-center gap-2.5 rounded-control border border-line bg-well px-3.5 text-muted focus-within:border-accent">
        <Icon name="search" size={20} />
        <input
          aria-label={t("app-search-games")}
          autoComplete="off"
          className="min-w-0 flex-1 bg-transparent text-input text-fg outline-none placeholder:text-faint"
          enterKeyHint="search"
          onChange={(event) => setTyped(event.target.value)}
          placeholder={t("app-search-games")}
          ref={field}
          value={typed}
        />
        {typed && (
          <IconButton
            className="-me-3"
            icon="close"
            label={t("app-clear")}
            onClick={() => setTyped("")}
            size={18}
          />
        )}
      </label>
      {wanted === "" && recent.length > 0 && (
        <section className="mt-5">
          <SectionTitle>{t("app-row-recent")}</SectionTitle>
          <GameRow games={recent} />
        </section>
      )}
      <div className="mt-4">
        {games.isError ? (
          <Failure error={games.error} onRetry={() => void games.refetch()} />
        ) : games.isPending ? (
          <Rows />
        ) : found.length === 0 ? (
          <Empty
            icon="search"
            note={t("app-search-nothing-note")}
            title={t("app-search-nothing", { text: typed })}
          />
        ) : (
          <div className="-mx-2 flex flex-col md:grid md:grid-cols-2">
            {found.slice(0, 60).map((game) => (
              <GameLine game={game} key={game.id} />
            ))}
          </div>
        )}
      </div>
    </Shell>
  );
}
