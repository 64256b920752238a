/** The tables of a live game: one is chosen before the game is opened. */

import { useAmounts, useCurrency } from "@app/app/money";
import { useGo } from "@app/app/nav";
import { usePlatform } from "@app/app/platform";
import { Shell } from "@app/app/shell";
import { GameArt } from "@app/features/lobby/games";
import { CurrencyChoice, useFitting } from "@app/features/provider-game/currency";
import { Refused } from "@app/features/provider-game/refused";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Game, Table } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { useQuery } from "@tanstack/react-query";

// Tables open and close while one looks at them.
const LOOK_AGAIN_MS = 20_000;

export function TablesPage({ id }: { id: string }) {
  const t = useT();
  const game = useQuery({
    queryKey: keys.game(id),
    queryFn: () => call(api.GET("/api/v1/games/{game_id}", { params: { path: { game_id: id } } })),
  });
  const chosen = useCurrency();
  return (
    <Shell title={t("app-tables")}>
      {game.isError ? (
        <Failure error={game.error} onRetry={() => void game.refetch()} />
      ) : game.data && chosen ? (
        <>
          <GameHead game={game.data} />
          <Tables game={game.data} />
        </>
      ) : (
        <Rows />
      )}
    </Shell>
  );
}

function Tables({ game }: { game: Game }) {
  const t = useT();
  const go = useGo();
  const currency = useFitting(game);
  const found = useQuery({
    queryKey: keys.tables(game.id, currency ?? ""),
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/v1/games/{game_id}/tables", {
          params: { path: { game_id: game.id }, query: { currency: currency ?? "" } },
          signal,
        }),
      ),
    enabled: currency !== null,
    staleTime: 0, // one may have closed a moment ago
    refetchInterval: LOOK_AGAIN_MS,
    retry: false,
  });
  if (currency === null) return <CurrencyChoice game={game} />;
  if (found.isError) {
    return <Refused error={found.error} game={game} onRetry={() => void found.refetch()} />;
  }
  if (!found.data) return <Rows />;
  const tables = [...found.data.tables].sort((a, b) => Number(b.open) - Number(a.open));
  return (
    <div className="flex flex-col gap-4">
      {tables.length === 0 ? (
        <Empty icon="live" note={t("app-tables-none-note")} title={t("app-tables-none")} />
      ) : (
        <ul className="grid gap-2.5 md:grid-cols-2 lg:grid-cols-3">
          {tables.map((table) => (
            <li key={table.ref}>
              <TableCard
                currency={currency}
                onChoose={() => go(`/play/${game.id}?table=${encodeURIComponent(table.ref)}`)}
                table={table}
              />
            </li>
          ))}
        </ul>
      )}
      {game.has_demo && (
        <Button
          className="self-center"
          onClick={() => go(`/play/${game.id}?mode=demo`)}
          tone="quiet"
        >
          {t("app-tables-demo")}
        </Button>
      )}
    </div>
  );
}

/** Which game the tables are of. */
function GameHead({ game }: { game: Game }) {
  const t = useT();
  return (
    <div className="mb-4 flex items-center gap-3 pt-1">
      <span className="size-12 shrink-0 overflow-hidden rounded-control bg-raised">
        <GameArt game={game} shape="square" />
      </span>
      <div className="min-w-0">
        <h2 className="truncate text-h2 font-semibold">{game.title}</h2>
        <p className="truncate text-caption text-muted">{t("app-tables-choose")}</p>
      </div>
    </div>
  );
}

interface CardProps {
  table: Table;
  currency: string;
  onChoose: () => void;
}

function TableCard({ table, currency, onChoose }: CardProps) {
  const t = useT();
  const platform = usePlatform();
  const limits = useLimits(table, currency);
  return (
    <button
      className="press flex min-h-18 w-full items-center gap-3 rounded-card bg-surface px-3.5 py-3 text-start disabled:opacity-60"
      data-testid={`table-${table.ref}`}
      disabled={!table.open}
      onClick={() => {
        platform.impact("light");
        onChoose();
      }}
      type="button"
    >
      <span className="min-w-0 flex-1">
        <span className="line-clamp-2 font-semibold wrap-break-word">{table.title}</span>
        {table.dealer && (
          <span className="block truncate text-caption text-muted">
            {t("app-table-dealer", { name: table.dealer })}
          </span>
        )}
        {limits && <span className="block text-caption text-muted">{limits}</span>}
      </span>
      <span
        className={cx(
          "shrink-0 rounded-chip px-2.5 py-1 text-caption font-semibold",
          table.open ? "bg-win-soft text-win" : "bg-raised text-muted",
        )}
      >
        {t(table.open ? "app-table-open" : "app-table-closed")}
      </span>
      {table.open && <Icon className="shrink-0 text-faint" name="next" size={18} />}
    </button>
  );
}

function useLimits({ least, most }: Table, currency: string): string | null {
  const t = useT();
  const { full, glance } = useAmounts();
  if (least && most) {
    return t("app-table-limits", { least: glance(least, currency), most: full(most, currency) });
  }
  if (least) return t("app-table-from", { least: full(least, currency) });
  return most ? t("app-table-to", { most: full(most, currency) }) : null;
}
