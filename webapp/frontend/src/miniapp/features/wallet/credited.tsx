/** The end of every deposit. */

import { useAmounts } from "@app/app/money";
import { closeSheet } from "@app/app/sheets-store";
import type { Deposit } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";

export function Credited({ deposit }: { deposit: Deposit }) {
  const t = useT();
  const { full } = useAmounts();
  return (
    <div className="animate-rise flex flex-col items-center gap-3 py-4 text-center" role="status">
      <span className="animate-pop grid size-20 place-items-center rounded-chip bg-win-soft text-win">
        <Icon name="check" size={40} />
      </span>
      <p className="text-big font-extrabold text-win">
        {full(deposit.amount, deposit.currency, { sign: "always" })}
      </p>
      <p className="text-muted">{t("app-deposit-done")}</p>
      <Button className="mt-2" onClick={closeSheet} wide>
        {t("app-play-now")}
      </Button>
    </div>
  );
}
