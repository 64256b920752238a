/** Deposits that arrived. */

import { useAmounts } from "@app/app/money";
import { useGo } from "@app/app/nav";
import { closeAllSheets } from "@app/app/sheets-store";
import { useTimes } from "@app/app/times";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Deposit } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { useQuery } from "@tanstack/react-query";

export function useDeposits(pollMs: number | false = false) {
  return useQuery({
    queryKey: keys.deposits,
    queryFn: () => call(api.GET("/api/v1/deposits")),
    select: ({ deposits }) => deposits,
    refetchInterval: pollMs,
    refetchOnMount: "always",
  });
}

export function Deposits() {
  const t = useT();
  const go = useGo();
  const deposits = useDeposits();
  if (deposits.isError) {
    return <Failure error={deposits.error} onRetry={() => void deposits.refetch()} />;
  }
  if (!deposits.data) return <Rows />;
  return (
    <div className="flex flex-col gap-2">
      {deposits.data.length === 0 ? (
        <Empty icon="incoming" note={t("app-no-deposits-note")} title={t("app-no-deposits")} />
      ) : (
        deposits.data.map((deposit) => <DepositRow deposit={deposit} key={deposit.id} />)
      )}
      <Button
        onClick={() => {
          closeAllSheets();
          go("/history");
        }}
        tone="raised"
        wide
      >
        {t("app-all-movements")}
      </Button>
    </div>
  );
}

function DepositRow({ deposit }: { deposit: Deposit }) {
  const t = useT();
  const { full } = useAmounts();
  const { full: moment } = useTimes();
  return (
    <div className="flex min-h-16 items-center gap-3 rounded-card bg-raised px-3.5 py-2">
      <Coin currency={deposit.currency} size={36} />
      <div className="min-w-0 flex-1">
        <div className="font-semibold text-win">
          {full(deposit.amount, deposit.currency, { sign: "always" })}
        </div>
        <div className="text-caption text-muted">{moment(deposit.at)}</div>
      </div>
      <span className="rounded-chip bg-win-soft px-2.5 py-1 text-micro font-semibold text-win">
        {t("app-deposit-credited")}
      </span>
    </div>
  );
}
