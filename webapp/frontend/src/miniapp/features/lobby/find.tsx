import { useGo } from "@app/app/nav";
import { Shell } from "@app/app/shell";
import { useT } from "@shared/i18n";
import { IconButton } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure, Rows, Spinner } from "@shared/ui/state";
import { SectionTitle } from "@shared/ui/surface";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import { GameLine, GameRow } from "./games";
import { More } from "./more";
import { useGamePages } from "./pages";
import { pathOf } from "./paths";
import { useKeptPlace } from "./place";
import { useRecent, useShelf } from "./queries";

const PAUSE_MS = 150;
const LENGTH_MAX = 64;

/** Search as you type: what was found last stays until the next answer is here. */
export function Find() {
  const t = useT();
  const go = useGo();
  const [params, setParams] = useSearchParams();
  const wanted = params.get("q")?.trim().slice(0, LENGTH_MAX) ?? "";
  const [typed, setTyped] = useState(wanted);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = useGamePages({ q: wanted }, wanted !== "");
  const games = wanted === "" ? [] : (found.data?.games ?? []);
  const current = typed.trim() === wanted && !found.isPlaceholderData;
  useKeptPlace(found.isSuccess);

  useEffect(() => {
    field.current?.focus({ preventScroll: true });
  }, []);

  const ask = (q: string) => setParams(q ? { q } : {}, { replace: true, state: history.state });
  const latestAsk = useRef(ask);
  useEffect(() => {
    latestAsk.current = ask;
  });
  useEffect(() => {
    const text = typed.trim();
    if (text === wanted) return;
    // An emptied field needs no answer.
    const timer = setTimeout(() => latestAsk.current(text), text === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, wanted]);

  // Enter may come before the answer to what was typed.
  const [entered, setEntered] = useState(false);
  const first = current ? games[0] : undefined;
  useEffect(() => {
    if (!entered || !current || found.isFetching) return;
    setEntered(false);
    const path = first && pathOf(first);
    if (path) go(path);
  }, [entered, current, found.isFetching, first, go]);

  const type = (text: string) => {
    setEntered(false);
    setTyped(text);
  };
  const onKey = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const inField = event.target === field.current;
    if (event.key === "Enter" && inField && typed.trim() !== "") {
      if (event.nativeEvent.isComposing) return;
      ask(typed.trim());
      setEntered(true);
    } else if (event.key === "ArrowDown" && (inField || at >= 0)) {
      links[inField ? 0 : at + 1]?.focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (links[at - 1] ?? field.current)?.focus();
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <Shell title={t("app-search")}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only carries the arrows between field and results */}
      <div onKeyDown={onKey}>
        <div className="sticky top-[calc(var(--sat)+var(--header))] z-10 -mx-[var(--gutter)] bg-page px-[var(--gutter)] pb-2">
          <label className="flex h-12 items-center gap-2.5 rounded-control border border-line bg-well px-3.5 text-muted focus-within:border-accent">
            <span className="grid size-5 shrink-0 place-items-center">
              {wanted !== "" && found.isFetching && !found.isFetchingNextPage ? (
                <Spinner size={18} />
              ) : (
                <Icon name="search" size={20} />
              )}
            </span>
            <input
              aria-controls="found"
              aria-label={t("app-search-games")}
              autoCapitalize="off"
              autoComplete="off"
              autoCorrect="off"
              className="min-w-0 flex-1 bg-transparent text-input text-fg outline-none placeholder:text-faint"
              enterKeyHint="search"
              maxLength={LENGTH_MAX}
              onChange={(event) => type(event.target.value)}
              placeholder={t("app-search-games")}
              ref={field}
              spellCheck={false}
              value={typed}
            />
            {typed && (
              <IconButton
                className="-me-3"
                icon="close"
                label={t("app-clear")}
                onClick={() => {
                  type("");
                  field.current?.focus();
                }}
                size={18}
              />
            )}
          </label>
        </div>
        <div className="mt-2" id="found" ref={list}>
          {wanted === "" || typed.trim() === "" ? (
            <Suggestions />
          ) : found.isError && games.length === 0 ? (
            <Failure error={found.error} onRetry={() => void found.refetch()} />
          ) : found.isPending ? (
            <Rows />
          ) : games.length > 0 ? (
            <>
              <Lines>
                {games.map((game) => (
                  <GameLine game={game} key={game.id} />
                ))}
              </Lines>
              <More list={found} />
            </>
          ) : (
            <Empty
              icon="search"
              note={t("app-search-nothing-note")}
              title={t("app-search-nothing", { text: wanted })}
            />
          )}
        </div>
        <p className="sr-only" role="status">
          {current && found.isSuccess && wanted !== "" && games.length === 0
            ? t("app-search-nothing", { text: wanted })
            : ""}
        </p>
      </div>
    </Shell>
  );
}

function Lines({ children }: { children: ReactNode }) {
  return <div className="-mx-2 flex flex-col md:grid md:grid-cols-2">{children}</div>;
}

/** Before anything is typed. */
function Suggestions() {
  const t = useT();
  const recent = useRecent();
  const popular = useShelf({ collection: "popular" });
  const lately = useShelf({ collection: "new" }, popular.data?.games.length === 0);
  const shown = popular.data?.games.length ? popular.data.games : (lately.data?.games ?? []);
  if (recent.isPending || popular.isPending || lately.isLoading) return <Rows />;
  return (
    <div className="flex flex-col gap-5">
      {recent.games.length > 0 && (
        <section>
          <SectionTitle>{t("app-row-recent")}</SectionTitle>
          <GameRow games={recent.games} row="recent" />
        </section>
      )}
      {shown.length > 0 && (
        <section>
          <SectionTitle>
            {t(shown === popular.data?.games ? "app-row-popular" : "app-row-new")}
          </SectionTitle>
          <Lines>
            {shown.map((game) => (
              <GameLine game={game} key={game.id} />
            ))}
          </Lines>
        </section>
      )}
    </div>
  );
}
