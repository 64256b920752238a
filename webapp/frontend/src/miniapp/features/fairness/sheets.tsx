/** One round under the magnifying glass, recomputed in the browser. */

import { useAmounts } from "@app/app/money";
import { openSheet } from "@app/app/sheets-store";
import { useTimes } from "@app/app/times";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Round } from "@shared/api/types";
import { useT, useTexts } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { formatDecimal } from "@shared/money/decimal";
import { Button } from "@shared/ui/button";
import { CopyField } from "@shared/ui/copy";
import { Icon } from "@shared/ui/icon";
import { Spinner } from "@shared/ui/state";
import { Banner } from "@shared/ui/surface";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { FairnessPane } from "./seeds";
import { canVerify, type Draw, draw, seedHash } from "./verify";

const DICE_OUTCOMES = 10_000;
const KNOWN_ALGORITHM = "dice/v2";

export function SeedsSheet() {
  return <FairnessPane />;
}

export function RoundSheet({ round: given }: { round: Round }) {
  // Asked again, since the seed may have been revealed since.
  const { data: round = given } = useQuery({
    queryKey: keys.round(given.id),
    queryFn: () =>
      call(
        api.GET("/api/v1/house/rounds/{round_id}", { params: { path: { round_id: given.id } } }),
      ),
  });
  const t = useT();
  const language = useTexts((state) => state.language);
  const { full } = useAmounts();
  const { full: moment } = useTimes();
  const proof = round.verification;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-3 rounded-card bg-well p-4">
        <div>
          <div className={cx("text-big font-extrabold", round.won ? "text-win" : "text-fg")}>
            {formatDecimal(round.roll, language)}
          </div>
          <div className="text-caption text-muted">{moment(round.at)}</div>
        </div>
        <div className="text-end">
          <div className={cx("text-h2 font-semibold", round.won ? "text-win" : "text-muted")}>
            {full(round.payout, round.currency)}
          </div>
          <div className="text-caption text-muted">
            {t("game-staked", { amount: full(round.stake, round.currency) })}
          </div>
        </div>
      </div>
      <dl className="grid grid-cols-2 gap-2 text-caption">
        <Fact label={t("game-dice-multiplier")}>{formatDecimal(round.multiplier, language)}×</Fact>
        <Fact label={t(round.direction === "under" ? "game-dice-under" : "game-dice-over")}>
          {formatDecimal(borderText(round), language)}
        </Fact>
      </dl>
      <Proof round={round} />
      <CopyField label={t("app-fair-server-hash")} value={proof.server_seed_hash} />
      {proof.server_seed && (
        <CopyField label={t("app-fair-server-seed")} value={proof.server_seed} />
      )}
      <div className="grid grid-cols-[1fr_auto] gap-2">
        <CopyField label={t("app-fair-client-seed")} value={proof.client_seed} />
        <div className="min-w-22 rounded-control bg-well px-3.5 py-2.5">
          <span className="block text-caption text-muted">{t("app-fair-bet-number")}</span>
          <span className="block font-mono text-caption">{proof.nonce}</span>
        </div>
      </div>
      <p className="text-center font-mono text-micro text-faint select-text">
        {t("app-round-id", { id: round.id })}
      </p>
    </div>
  );
}

/** Hundredths of the border, as text: under wins below it, over wins above it. */
function borderText({ direction, win_numbers: wins }: Round): string {
  const border = direction === "under" ? wins : DICE_OUTCOMES - wins - 1;
  const digits = String(border).padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="rounded-control bg-well px-3.5 py-2.5">
      <dt className="text-muted">{label}</dt>
      <dd className="text-body font-semibold">{children}</dd>
    </div>
  );
}

interface Checked {
  hashKept: boolean;
  drawn: Draw;
}

function Proof({ round }: { round: Round }) {
  const t = useT();
  const language = useTexts((state) => state.language);
  const {
    server_seed: seed,
    server_seed_hash: hash,
    client_seed: client,
    nonce,
  } = round.verification;
  const [checked, setChecked] = useState<Checked | null>(null);
  const known = round.verification.algorithm === KNOWN_ALGORITHM;
  useEffect(() => {
    if (!seed || !known || !canVerify()) return;
    let stale = false;
    void Promise.all([seedHash(seed), draw(seed, client, nonce, DICE_OUTCOMES)]).then(
      ([computed, drawn]) => {
        if (!stale) setChecked({ hashKept: computed === hash, drawn });
      },
    );
    return () => {
      stale = true;
    };
  }, [seed, hash, client, nonce, known]);
  if (!seed) {
    return (
      <div className="flex flex-col gap-2 rounded-card bg-raised p-3">
        <p className="flex items-start gap-2.5 text-caption">
          <Icon className="mt-px shrink-0 text-muted" name="lock" size={18} />
          {t("app-fair-sealed")}
        </p>
        <Button onClick={() => openSheet({ name: "seeds" })} size="small" tone="accent" wide>
          {t("app-fair-open-seeds")}
        </Button>
      </div>
    );
  }
  if (!known)
    return (
      <Banner icon="help" tone="gold">
        {t("app-fair-unknown-algorithm")}
      </Banner>
    );
  if (!canVerify())
    return (
      <Banner icon="help" tone="gold">
        {t("app-fair-no-crypto")}
      </Banner>
    );
  if (!checked) {
    return (
      <div className="flex items-center justify-center gap-2 py-4 text-muted">
        <Spinner /> {t("app-fair-computing")}
      </div>
    );
  }
  const roll = String(checked.drawn.result).padStart(3, "0");
  const computed = `${roll.slice(0, -2)}.${roll.slice(-2)}`;
  const same = computed === round.roll;
  const sound = same && checked.hashKept;
  return (
    <div
      className={cx("rounded-card p-3.5", sound ? "bg-win-soft" : "bg-lose-soft")}
      data-testid="proof"
      data-sound={sound}
    >
      <p className={cx("flex items-center gap-2 font-semibold", sound ? "text-win" : "text-lose")}>
        <Icon name={sound ? "shield" : "warning"} size={20} />
        {t(sound ? "app-fair-verified" : "app-fair-mismatch")}
      </p>
      <ol className="mt-2.5 flex flex-col gap-2 text-caption">
        <Step done={checked.hashKept}>{t("app-fair-step-hash")}</Step>
        <Step done>
          {t("app-fair-step-hmac", { message: `${client}:${nonce}:${checked.drawn.block}` })}
          <code className="mt-1 block font-mono text-micro break-all text-muted select-text">
            {checked.drawn.digest}
          </code>
        </Step>
        <Step done={same}>
          {t("app-fair-step-roll", {
            value: checked.drawn.value.toString(),
            outcomes: String(DICE_OUTCOMES),
            roll: formatDecimal(computed, language),
          })}
        </Step>
      </ol>
    </div>
  );
}

function Step({ done, children }: { done: boolean; children: ReactNode }) {
  return (
    <li className="flex gap-2">
      <Icon
        className={cx("mt-px shrink-0", done ? "text-win" : "text-lose")}
        name={done ? "check" : "close"}
        size={16}
      />
      <div className="min-w-0">{children}</div>
    </li>
  );
}
