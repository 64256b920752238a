import { useAmounts, useCurrencies } from "@app/app/money";
import { useGo } from "@app/app/nav";
import { openSheet } from "@app/app/sheets-store";
import { Shell } from "@app/app/shell";
import { useTimes } from "@app/app/times";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Entry } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button, Chip } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Icon } from "@shared/ui/icon";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { Card } from "@shared/ui/surface";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { directionOf, kindOf } from "./kinds";

const PAGE = 30;

export function HistoryPage() {
  const t = useT();
  const [currency, setCurrency] = useState<string | null>(null);
  return (
    <Shell>
      <h1 className="pt-1 text-h1 font-bold">{t("app-history")}</h1>
      <Filter chosen={currency} onChoose={setCurrency} />
      <Movements currency={currency} key={currency} />
    </Shell>
  );
}

function Filter({
  chosen,
  onChoose,
}: {
  chosen: string | null;
  onChoose: (currency: string | null) => void;
}) {
  const t = useT();
  const currencies = useCurrencies();
  return (
    <div className="sticky top-[calc(var(--sat)+var(--header))] z-10 -mx-[var(--gutter)] bg-page px-[var(--gutter)] py-3">
      <div className="rail gap-2">
        <Chip on={chosen === null} onClick={() => onChoose(null)}>
          {t("app-category-all")}
        </Chip>
        {currencies.map(({ code }) => (
          <Chip
            icon={<Coin currency={code} size={18} />}
            key={code}
            on={chosen === code}
            onClick={() => onChoose(code)}
          >
            {code}
          </Chip>
        ))}
      </div>
    </div>
  );
}

function Movements({ currency }: { currency: string | null }) {
  const t = useT();
  const go = useGo();
  const query = useInfiniteQuery({
    queryKey: keys.history(currency),
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/wallet/history", {
          params: {
            query: {
              limit: PAGE,
              ...(pageParam && { before: pageParam }),
              ...(currency && { currency }),
            },
          },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Rows count={6} />;
  const entries = query.data.pages.flatMap((page) => page.items);
  if (entries.length === 0) {
    return (
      <Empty
        action={<Button onClick={() => go("/")}>{t("app-to-games")}</Button>}
        icon="tray"
        note={t("app-history-empty-note")}
        title={t("app-history-empty")}
      />
    );
  }
  return (
    <div className="mx-auto flex max-w-180 flex-col gap-4">
      <Days entries={entries} />
      {query.hasNextPage && (
        <Button
          onClick={() => void query.fetchNextPage()}
          pending={query.isFetchingNextPage}
          tone="raised"
          wide
        >
          {t("app-load-more")}
        </Button>
      )}
    </div>
  );
}

function Days({ entries }: { entries: readonly Entry[] }) {
  const { day } = useTimes();
  const days = new Map<string, Entry[]>();
  for (const entry of entries) {
    const name = day(entry.at);
    days.set(name, [...(days.get(name) ?? []), entry]);
  }
  return [...days].map(([name, ofDay]) => (
    <section key={name}>
      <h2 className="mb-1.5 text-caption font-semibold text-muted">{name}</h2>
      <Card className="overflow-hidden">
        {ofDay.map((entry, i) => (
          <Fragment key={entry.id}>
            {i > 0 && <hr className="ms-16 border-line" />}
            <EntryRow entry={entry} />
          </Fragment>
        ))}
      </Card>
    </section>
  ));
}

function EntryRow({ entry }: { entry: Entry }) {
  const t = useT();
  const { full } = useAmounts();
  const { time } = useTimes();
  const { label, icon } = kindOf(entry);
  const direction = directionOf(entry);
  return (
    <button
      className="flex min-h-16 w-full items-center gap-3 px-3 py-2 text-start transition-colors hover:bg-raised active:bg-raised"
      data-testid="entry"
      onClick={() => openSheet({ name: "entry", entry })}
      type="button"
    >
      <span
        className={cx(
          "grid size-10 shrink-0 place-items-center rounded-control",
          direction === "in" ? "bg-win-soft text-win" : "bg-raised text-muted",
        )}
      >
        <Icon name={icon} size={20} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{t(label)}</span>
        <span className="block truncate text-caption text-muted">
          {time(entry.at)}
          {entry.game && ` · ${entry.game.title}`}
        </span>
      </span>
      <span className="shrink-0 text-end">
        <span
          className={cx(
            "block font-semibold",
            direction === "in" ? "text-win" : direction === "none" && "text-muted",
          )}
        >
          {full(entry.amount, entry.currency, { sign: "always" })}
        </span>
        <span className="block text-caption text-faint">
          {full(entry.balance_after, entry.currency)}
        </span>
      </span>
    </button>
  );
}
