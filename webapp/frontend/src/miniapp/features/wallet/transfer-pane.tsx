/** A deposit by transfer with a personal memo: address, memo, QR, and what became of it. */

import { useLive } from "@app/app/live";
import { useAmounts } from "@app/app/money";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Deposit, DepositMethod, DepositTarget } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { CopyField } from "@shared/ui/copy";
import { Icon } from "@shared/ui/icon";
import { Failure, Rows, Skeleton } from "@shared/ui/state";
import { Banner } from "@shared/ui/surface";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Credited } from "./credited";
import { useDeposits } from "./deposits";

const Qr = lazy(() => import("./qr").then((m) => ({ default: m.Qr })));

/** The live line tells at once; this is for when it is down. */
const POLL_MS = 15_000;

export function TransferPane({ method }: { method: DepositMethod }) {
  const { rail, currency } = method;
  const target = useQuery({
    queryKey: keys.depositTarget(rail, currency),
    queryFn: () => call(api.POST("/api/v1/deposit/target", { body: { rail, currency } })),
    staleTime: 5 * 60_000,
  });
  const arrived = useArrived(rail, currency);
  if (target.isError)
    return <Failure error={target.error} onRetry={() => void target.refetch()} />;
  if (!target.data) return <Rows count={4} />;
  return arrived ? (
    <Credited deposit={arrived} />
  ) : (
    <Waiting method={method} target={target.data} />
  );
}

/** A deposit of this kind that came while the pane was open. */
function useArrived(rail: string, currency: string): Deposit | null {
  const { data, isFetchedAfterMount } = useDeposits(POLL_MS);
  const [before, setBefore] = useState<ReadonlySet<string> | null>(null);
  const pushed = useLive((state) => state.deposit);
  const [pushedBefore] = useState(pushed);
  useEffect(() => {
    if (data && isFetchedAfterMount) {
      setBefore((known) => known ?? new Set(data.map((deposit) => deposit.id)));
    }
  }, [data, isFetchedAfterMount]);
  const ours = (deposit: Deposit) => deposit.rail === rail && deposit.currency === currency;
  if (pushed && pushed.id !== pushedBefore?.id && ours(pushed)) return pushed;
  return (before && data?.find((deposit) => ours(deposit) && !before.has(deposit.id))) ?? null;
}

function Waiting({ method, target }: { method: DepositMethod; target: DepositTarget }) {
  const t = useT();
  const { full } = useAmounts();
  const minimum = full(target.minimum, target.currency, { padding: 0 });
  return (
    <div className="flex flex-col gap-3">
      {method.trouble !== null && (
        <Banner icon="clock" tone="gold">
          {t("app-deposit-trouble")}
        </Banner>
      )}
      <Steps at={0} />
      <div className="flex flex-col items-center gap-3 sm:flex-row sm:items-stretch">
        <div className="grid w-46 shrink-0 place-items-center">
          <Suspense fallback={<Skeleton className="size-46" />}>
            <Qr label={t("app-deposit-qr")} text={target.uri} />
          </Suspense>
        </div>
        <div className="flex w-full min-w-0 flex-col gap-2">
          <CopyField big label={t("app-deposit-memo")} loud value={target.memo} />
          <CopyField
            label={t("app-deposit-address", { currency: target.currency })}
            value={target.address}
          />
        </div>
      </div>
      <Banner icon="warning" tone="gold">
        {t("app-deposit-memo-warning")}
      </Banner>
      {/* A plain link: the client's own "open link" refuses other schemes than https. */}
      <a
        className="press flex min-h-11 items-center justify-center gap-2 rounded-control bg-raised px-4 font-semibold hover:bg-raised-hover"
        href={target.uri}
        rel="noopener"
      >
        <Icon name="wallet" size={18} />
        {t("app-deposit-open-wallet")}
      </a>
      <p className="text-center text-caption text-muted">
        {t("app-deposit-minimum", { amount: minimum })}
      </p>
    </div>
  );
}

/** Waiting, then credited: only what we really know. */
function Steps({ at }: { at: 0 | 1 }) {
  const t = useT();
  const steps = [t("app-deposit-waiting"), t("app-deposit-credited")];
  return (
    <ol
      className="flex items-center gap-3 rounded-control bg-well px-3.5 py-3"
      data-testid="deposit-status"
    >
      {steps.map((label, i) => (
        <li
          className={cx("flex items-center gap-2.5 text-caption", i === 0 && "flex-1")}
          key={label}
        >
          <span className="relative grid size-5 place-items-center">
            {i === at && at === 0 && (
              <span className="animate-ring absolute inset-0.5 rounded-chip bg-accent" />
            )}
            <span
              className={cx(
                "relative grid size-4 place-items-center rounded-chip",
                i < at || at === 1
                  ? "bg-win-fill text-on-win"
                  : i === at
                    ? "bg-accent"
                    : "bg-line",
              )}
            >
              {(i < at || at === 1) && <Icon name="check" size={12} />}
            </span>
          </span>
          <span className={i === at ? "font-semibold" : "text-muted"}>{label}</span>
        </li>
      ))}
    </ol>
  );
}
