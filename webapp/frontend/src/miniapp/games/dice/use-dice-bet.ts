/** Placing dice bets, and what follows from an answer. */

import { usePlatform } from "@app/app/platform";
import { type Armed, useBet } from "@app/games/kit/bet";
import { api, call } from "@shared/api/client";
import type { ApiError } from "@shared/api/errors";
import { keys } from "@shared/api/keys";
import type { DiceBet, Round } from "@shared/api/types";
import { takeAccounts } from "@shared/api/wallet";
import { useErrorText, useT } from "@shared/i18n";
import { toast } from "@shared/ui/toast";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useRounds } from "./rounds";

const BIG_WIN = 10;

export type DiceBetting = ReturnType<typeof useDiceBet>;

export function useDiceBet() {
  const t = useT();
  const words = useErrorText();
  const platform = usePlatform();
  const queries = useQueryClient();
  const { add } = useRounds();
  const [last, setLast] = useState<Round | null>(null);
  const [celebrating, setCelebrating] = useState(false);
  const [refusals, setRefusals] = useState(0);

  const onResult = (round: Round) => {
    if (round.account) takeAccounts([round.account]);
    add(round);
    setLast(round);
    setCelebrating(round.won);
    void queries.invalidateQueries({ queryKey: keys.seeds });
    void queries.invalidateQueries({ queryKey: keys.anyHistory });
    if (round.won) platform.notify("success");
    if (round.won && Number.parseFloat(round.multiplier) >= BIG_WIN) platform.impact("heavy");
  };
  const onRefused = (error: ApiError) => {
    platform.notify("error");
    setRefusals((n) => n + 1);
    toast(error.unanswered ? t("game-bet-unknown") : words(error), "lose");
  };
  const send = ({ key, order }: Armed<DiceBet>) =>
    call(
      api.POST("/api/v1/house/dice/bets", {
        params: { header: { "Idempotency-Key": key } },
        body: order,
      }),
    );
  const betting = useBet<DiceBet, Round>({ send, onResult, onRefused });
  const guarded = betting.bet.state !== "ready";
  useEffect(() => {
    platform.guardClosing(guarded);
    return () => platform.guardClosing(false);
  }, [platform, guarded]);
  const calm = useCallback(() => setCelebrating(false), []);
  return { ...betting, last, celebrating, calm, refusals };
}
