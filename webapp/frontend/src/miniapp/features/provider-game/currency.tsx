/** A game that does not take the balance played with: those that it takes, to choose from. */

import { useCurrencies, useCurrency } from "@app/app/money";
import { useToLobby } from "@app/app/nav";
import { Balances } from "@app/features/wallet/balances";
import type { CurrencyView, Game } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Empty } from "@shared/ui/state";
import { Card } from "@shared/ui/surface";

/** The balances that a game takes; a server of before does not say, and refuses by itself. */
export function useTaken({ currencies }: Game): readonly CurrencyView[] {
  const all = useCurrencies();
  return currencies ? all.filter(({ code }) => currencies.includes(code)) : all;
}

/** The chosen currency where the game takes it. */
export function useFitting(game: Game): string | null {
  const chosen = useCurrency()?.code;
  return useTaken(game).find(({ code }) => code === chosen)?.code ?? null;
}

export function CurrencyChoice({ game }: { game: Game }) {
  const t = useT();
  const toLobby = useToLobby();
  const chosen = useCurrency()?.code ?? "";
  const taken = useTaken(game);
  if (taken.length === 0) {
    return (
      <Empty
        action={
          <Button onClick={toLobby} tone="raised">
            {t("app-to-games")}
          </Button>
        }
        icon="wallet"
        note={t("app-no-currency-note")}
        title={t("app-no-currency", { title: game.title })}
      />
    );
  }
  return (
    <Card className="mx-auto flex w-full max-w-105 flex-col gap-4 p-4">
      <div>
        <h2 className="text-h2 font-semibold text-balance">
          {t("app-other-currency", { title: game.title, currency: chosen })}
        </h2>
        <p className="mt-1 text-muted">{t("app-other-currency-note")}</p>
      </div>
      <Balances currencies={taken} onChoose={() => {}} />
    </Card>
  );
}
