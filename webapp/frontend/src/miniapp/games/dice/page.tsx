import { openSheet } from "@app/app/sheets-store";
import { Shell } from "@app/app/shell";
import { FairnessPane } from "@app/features/fairness/seeds";
import { useGames } from "@app/features/lobby/games";
import { remember } from "@app/features/lobby/recent";
import { Pills } from "@app/games/kit/pills";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { DiceRules, Direction, Round } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { formatDecimal } from "@shared/money/decimal";
import { Failure, Skeleton } from "@shared/ui/state";
import { Card, Segmented } from "@shared/ui/surface";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { BetForm } from "./bet-form";
import { Board } from "./board";
import { type DiceMath, fraction, fromMultiplier } from "./linking";
import { useRounds } from "./rounds";
import { RoundList, Rules } from "./tabs";
import { useDiceBet } from "./use-dice-bet";

const PILLS = 10;
const FIRST_MULTIPLIER = "2";

function mathOf(rules: DiceRules): DiceMath {
  return {
    outcomes: rules.outcomes,
    winMin: rules.win_numbers_min,
    winMax: rules.win_numbers_max,
    rtp: fraction(rules.return_to_player),
  };
}

export function DicePage() {
  const t = useT();
  const rules = useQuery({
    queryKey: keys.dice,
    queryFn: () => call(api.GET("/api/v1/house/dice")),
    staleTime: 10 * 60_000,
  });
  useRememberDice();
  return (
    <Shell bar={false} title={t("game-dice-title")}>
      {rules.isError ? (
        <Failure error={rules.error} onRetry={() => void rules.refetch()} />
      ) : rules.data ? (
        <Table rules={rules.data} />
      ) : (
        <div className="flex flex-col gap-3 pt-11">
          <Skeleton className="h-[clamp(220px,40vh,360px)] rounded-card" />
          <Skeleton className="h-64 rounded-card" />
        </div>
      )}
    </Shell>
  );
}

function useRememberDice(): void {
  const games = useGames();
  const id = games.data?.games.find((game) => game.own === "dice")?.id;
  useEffect(() => {
    if (id) remember(id);
  }, [id]);
}

function Table({ rules }: { rules: DiceRules }) {
  const t = useT();
  const math = useMemo(() => mathOf(rules), [rules]);
  const { rounds } = useRounds();
  const [direction, setDirection] = useState<Direction>("under");
  const [winNumbers, setWinNumbers] = useState(
    () => fromMultiplier(FIRST_MULTIPLIER, math) ?? math.winMax,
  );
  const betting = useDiceBet();
  const locked = betting.bet.state !== "ready";
  return (
    <div className="pb-6 lg:grid lg:grid-cols-[320px_minmax(0,1fr)] lg:gap-x-4">
      <div className="lg:col-start-2">
        <RecentPills rounds={rounds} />
        <Board
          celebrating={betting.celebrating}
          direction={direction}
          locked={locked}
          math={math}
          onCelebrated={betting.calm}
          onMove={setWinNumbers}
          pending={betting.bet.state === "pending"}
          round={betting.last}
          winNumbers={winNumbers}
        />
      </div>
      <Card className="mt-3 overflow-clip p-3 pb-0 lg:col-start-1 lg:row-start-1 lg:mt-10 lg:self-start lg:p-4 lg:pb-1">
        <BetForm
          betting={betting}
          direction={direction}
          math={math}
          onMove={setWinNumbers}
          onTurn={() => setDirection(direction === "under" ? "over" : "under")}
          rules={rules}
          winNumbers={winNumbers}
        />
      </Card>
      <Below rules={rules} title={t("game-more")} />
    </div>
  );
}

function RecentPills({ rounds }: { rounds: readonly Round[] }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  const pills = rounds.slice(0, PILLS).map((round) => ({
    id: round.id,
    text: formatDecimal(round.roll, language),
    won: round.won,
  }));
  const open = (id: string) => {
    const round = rounds.find((one) => one.id === id);
    if (round) openSheet({ name: "round", round });
  };
  return (
    <Pills
      empty={t("game-dice-no-rolls")}
      label={t("game-dice-last")}
      onOpen={open}
      pills={pills}
    />
  );
}

type Tab = "mine" | "fairness" | "rules";

function Below({ rules, title }: { rules: DiceRules; title: string }) {
  const t = useT();
  const [tab, setTab] = useState<Tab>("mine");
  return (
    <section className="mt-4 lg:col-span-2">
      <Segmented<Tab>
        className="lg:max-w-100"
        label={title}
        onChange={setTab}
        options={[
          { value: "mine", label: t("game-my-bets") },
          { value: "fairness", label: t("app-fairness-short") },
          { value: "rules", label: t("game-rules") },
        ]}
        value={tab}
      />
      <div className="animate-fade mt-3" key={tab}>
        {tab === "mine" && <RoundList />}
        {tab === "fairness" && (
          <Card className="p-4">
            <FairnessPane />
          </Card>
        )}
        {tab === "rules" && <Rules rules={rules} />}
      </div>
    </section>
  );
}
