/** Every balance; choosing one plays with it. */

import { useCurrencies } from "@app/app/money";
import { closeSheet, openSheet } from "@app/app/sheets-store";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Balances } from "./balances";

export function CurrencySheet() {
  const t = useT();
  return (
    <div className="flex flex-col gap-4">
      <Balances currencies={useCurrencies()} onChoose={closeSheet} />
      <Button icon="plus" onClick={() => openSheet({ name: "wallet" })} wide>
        {t("app-deposit")}
      </Button>
    </div>
  );
}
