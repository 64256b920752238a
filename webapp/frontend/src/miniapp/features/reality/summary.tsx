import { useAmounts } from "@app/app/money";
import type { Play } from "@app/app/play-time";
import { useTimes } from "@app/app/times";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Played } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Button } from "@shared/ui/button";
import { Dialog } from "@shared/ui/dialog";
import { Skeleton } from "@shared/ui/state";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

const SECOND_MS = 1_000;
const MINUTES_PER_HOUR = 60;
const SECONDS_MAX = 48 * 3_600; // as far back as the house sums up

interface SummaryProps {
  play: Play;
  onContinue: () => void;
  onBreak: () => void;
}

export function Summary({ play, onContinue, onBreak }: SummaryProps) {
  const t = useT();
  const minutes = Math.floor((play.seen - play.began) / (60 * SECOND_MS));
  const time =
    minutes < MINUTES_PER_HOUR
      ? t("app-time-minutes", { minutes })
      : t("app-time-hours", {
          hours: Math.floor(minutes / MINUTES_PER_HOUR),
          minutes: minutes % MINUTES_PER_HOUR,
        });
  return (
    <Dialog
      actions={
        <>
          <Button onClick={onBreak} tone="raised" wide>
            {t("app-reality-break")}
          </Button>
          <Button onClick={onContinue} wide>
            {t("app-reality-continue")}
          </Button>
        </>
      }
      icon="clock"
      title={t("app-reality-title", { time })}
    >
      <Sums began={play.began} />
    </Dialog>
  );
}

function Sums({ began }: { began: number }) {
  const t = useT();
  const times = useTimes();
  const [seconds] = useState(() => {
    const passed = Math.ceil((Date.now() - began) / SECOND_MS);
    return Math.min(Math.max(passed, 1), SECONDS_MAX);
  });
  const sums = useQuery({
    queryKey: keys.played(seconds),
    queryFn: () => call(api.GET("/api/v1/sessions/summary", { params: { query: { seconds } } })),
    gcTime: 0,
  });
  if (sums.isError) return <p role="alert">{t("app-reality-unknown")}</p>;
  if (!sums.data) return <Skeleton className="h-20 w-full" />;
  const { since, currencies } = sums.data;
  if (currencies.length === 0) return <p>{t("app-reality-nothing")}</p>;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-caption">{t("app-reality-since", { time: times.time(since) })}</p>
      {currencies.map((one) => (
        <Sum key={one.currency} sum={one} />
      ))}
    </div>
  );
}

function Sum({ sum }: { sum: Played }) {
  const t = useT();
  const { full } = useAmounts();
  const line = (label: string, amount: string) => (
    <div className="flex min-h-9 items-center justify-between gap-3">
      <dt>{label}</dt>
      <dd className="font-medium text-fg">{full(amount, sum.currency)}</dd>
    </div>
  );
  const nothing = !/[1-9]/.test(sum.net);
  const lost = sum.net.startsWith("-");
  return (
    <dl className="rounded-control bg-raised px-3.5 py-1 text-start text-caption">
      {line(t("app-reality-staked"), sum.staked)}
      {line(t("app-reality-won"), sum.won)}
      {/[1-9]/.test(sum.returned) && line(t("app-reality-returned"), sum.returned)}
      <div className="flex min-h-10 items-center justify-between gap-3 border-t border-line">
        <dt className="font-semibold text-fg">{t("app-reality-net")}</dt>
        <dd
          className={cx(
            "text-body font-bold",
            nothing ? "text-fg" : lost ? "text-lose" : "text-win",
          )}
          data-testid={`net-${sum.currency}`}
        >
          {full(sum.net, sum.currency, { sign: "always" })}
        </dd>
      </div>
    </dl>
  );
}
