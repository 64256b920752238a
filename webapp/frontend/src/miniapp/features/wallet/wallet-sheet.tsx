import { useAmounts, useCurrency } from "@app/app/money";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { DepositMethod } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { Chip } from "@shared/ui/button";
import { Coin } from "@shared/ui/coin";
import { Empty, Failure, Rows } from "@shared/ui/state";
import { Row, Segmented } from "@shared/ui/surface";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

const Deposits = lazy(() => import("./deposits").then((m) => ({ default: m.Deposits })));
const InstantPane = lazy(() => import("./instant-pane").then((m) => ({ default: m.InstantPane })));
const TransferPane = lazy(() =>
  import("./transfer-pane").then((m) => ({ default: m.TransferPane })),
);

type Tab = "deposit" | "history";

export function WalletSheet({ tab: first }: { tab: Tab }) {
  const t = useT();
  const [tab, setTab] = useState<Tab>(first);
  return (
    <div className="flex flex-col gap-4">
      <Segmented<Tab>
        label={t("app-wallet")}
        onChange={setTab}
        options={[
          { value: "deposit", label: t("app-deposit") },
          { value: "history", label: t("app-wallet-history") },
        ]}
        value={tab}
      />
      <Suspense fallback={<Rows count={3} />}>
        {tab === "deposit" ? <DepositPane /> : <Deposits />}
      </Suspense>
    </div>
  );
}

function DepositPane() {
  const t = useT();
  const current = useCurrency();
  const methods = useQuery({
    queryKey: keys.depositMethods,
    queryFn: () => call(api.GET("/api/v1/deposit/methods")),
    select: ({ methods: all }) => all,
  });
  const [asset, setAsset] = useState<string | null>(null);
  const [rail, setRail] = useState<string | null>(null);
  if (methods.isError) {
    return <Failure error={methods.error} onRetry={() => void methods.refetch()} />;
  }
  if (!methods.data) return <Rows count={3} />;
  const assets = [...new Set(methods.data.map((m) => m.currency))];
  const chosen = assets.find((a) => a === (asset ?? current?.code)) ?? assets[0];
  const offered = methods.data.filter((m) => m.currency === chosen);
  // One way in needs no choosing.
  const method = offered.length === 1 ? offered[0] : offered.find((m) => m.rail === rail);
  if (offered.length === 0) {
    return <Empty icon="wallet" note={t("app-no-methods-note")} title={t("app-no-methods")} />;
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="rail gap-2" data-base-ui-swipe-ignore="x">
        {assets.map((code) => (
          <Chip
            icon={<Coin currency={code} size={18} />}
            key={code}
            on={code === chosen}
            onClick={() => {
              setAsset(code);
              setRail(null);
            }}
          >
            {code}
          </Chip>
        ))}
      </div>
      {method ? (
        <Method key={`${method.rail}/${method.currency}`} method={method} />
      ) : (
        <Methods methods={offered} onChoose={setRail} />
      )}
    </div>
  );
}

function Methods({
  methods,
  onChoose,
}: {
  methods: readonly DepositMethod[];
  onChoose: (rail: string) => void;
}) {
  const t = useT();
  const { full } = useAmounts();
  return (
    <div className="flex flex-col gap-1">
      {methods.map((method) => (
        <Row
          key={method.rail}
          lead={<Coin currency={method.currency} size={40} />}
          note={t("app-minimum", {
            amount: full(method.minimum, method.currency, { padding: 0 }),
          })}
          onPress={() => onChoose(method.rail)}
          title={method.title}
        />
      ))}
    </div>
  );
}

function Method({ method }: { method: DepositMethod }) {
  return method.method === "instant" ? (
    <InstantPane method={method} />
  ) : (
    <TransferPane method={method} />
  );
}
