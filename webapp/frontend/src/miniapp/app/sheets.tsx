/** Shows the top sheet; the drawer and each sheet's content are loaded when first needed. */

import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { Rows } from "@shared/ui/state";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { closeSheet, type Sheet as Opened, useSheets } from "./sheets-store";

const load = {
  drawer: () => import("@shared/ui/sheet"),
  wallet: () => import("../features/wallet/wallet-sheet"),
  currency: () => import("../features/wallet/currency-sheet"),
  fairness: () => import("../features/fairness/sheets"),
  entry: () => import("../features/history/entry-sheet"),
  rules: () => import("../features/gate/rules"),
};

const Drawer = lazy(() => load.drawer().then((m) => ({ default: m.Sheet })));
const WalletSheet = lazy(() => load.wallet().then((m) => ({ default: m.WalletSheet })));
const CurrencySheet = lazy(() => load.currency().then((m) => ({ default: m.CurrencySheet })));
const SeedsSheet = lazy(() => load.fairness().then((m) => ({ default: m.SeedsSheet })));
const RoundSheet = lazy(() => load.fairness().then((m) => ({ default: m.RoundSheet })));
const EntrySheet = lazy(() => load.entry().then((m) => ({ default: m.EntrySheet })));
const HouseRules = lazy(() => load.rules().then((m) => ({ default: m.HouseRules })));

/** In an idle moment, so that the first tap on the wallet is answered at once. */
export function preloadWallet(): void {
  void load.drawer();
  void load.wallet();
  void import("../features/wallet/transfer-pane");
  void import("../features/wallet/instant-pane");
}

const titles: Record<Opened["name"], MessageId> = {
  wallet: "app-wallet",
  currency: "app-balances",
  seeds: "app-fairness",
  round: "app-round",
  entry: "app-entry",
  rules: "app-rules",
};

function content(sheet: Opened): ReactNode {
  switch (sheet.name) {
    case "wallet":
      return <WalletSheet tab={sheet.tab ?? "deposit"} />;
    case "currency":
      return <CurrencySheet />;
    case "seeds":
      return <SeedsSheet />;
    case "round":
      return <RoundSheet round={sheet.round} />;
    case "entry":
      return <EntrySheet entry={sheet.entry} />;
    case "rules":
      return <HouseRules />;
  }
}

export function SheetHost() {
  const t = useT();
  const top = useSheets((state) => state.stack.at(-1));
  // The content outlives the stack until the closing movement is over.
  const [shown, setShown] = useState<Opened | null>(null);
  useEffect(() => {
    if (top) setShown(top);
  }, [top]);
  const sheet = top ?? shown;
  if (!sheet) return null;
  return (
    <Suspense fallback={null}>
      <Drawer
        onClose={closeSheet}
        onClosed={() => setShown(null)}
        open={top !== undefined}
        title={t(titles[sheet.name])}
      >
        <Suspense fallback={<Rows count={3} />}>{content(sheet)}</Suspense>
      </Drawer>
    </Suspense>
  );
}
