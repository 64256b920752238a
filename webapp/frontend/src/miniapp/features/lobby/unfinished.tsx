/** Rounds that were begun and have not ended: opening the game goes on with them. */

import { useAmounts } from "@app/app/money";
import { useUnavailable } from "@app/app/providers";
import { useTimes } from "@app/app/times";
import type { UnfinishedRound } from "@shared/api/types";
import { useT } from "@shared/i18n";
import { cx } from "@shared/lib/cx";
import { Icon } from "@shared/ui/icon";
import { SectionTitle } from "@shared/ui/surface";
import { GameArt, GameLink, useTitle } from "./games";
import { pathOf } from "./paths";

export function UnfinishedShelf({ rounds }: { rounds: readonly UnfinishedRound[] }) {
  const t = useT();
  if (rounds.length === 0) return null;
  return (
    <section>
      <SectionTitle>{t("app-row-unfinished")}</SectionTitle>
      <div className="rail">
        {rounds.map((round) => (
          <Round
            alone={rounds.length === 1}
            key={`${round.game.id} ${round.currency} ${round.round_id}`}
            round={round}
          />
        ))}
      </div>
    </section>
  );
}

function Round({ round, alone }: { round: UnfinishedRound; alone: boolean }) {
  const t = useT();
  const titleOf = useTitle();
  const { full } = useAmounts();
  const { day, time } = useTimes();
  const away = useUnavailable(round.game.provider);
  const { game, staked, currency, began_at: began } = round;
  const path = pathOf(game);
  if (path === null) return null;
  const title = titleOf(game);
  return (
    <GameLink
      away={away}
      className={cx(
        "press flex min-h-18 items-center gap-3 rounded-card bg-surface px-3 py-2",
        alone ? "w-full lg:max-w-100" : "w-70 shrink-0",
      )}
      testId={`unfinished-${game.id}`}
      title={title}
      to={path}
    >
      <span
        className={cx(
          "size-12 shrink-0 overflow-hidden rounded-control bg-raised",
          away && "opacity-45 grayscale",
        )}
      >
        <GameArt game={game} shape="square" />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-semibold">{title}</span>
        <span className="block truncate text-caption text-muted">
          {t("app-unfinished-staked", { amount: full(staked, currency) })}
        </span>
        <span className="block truncate text-caption text-muted">
          {away ? t("app-unavailable") : `${day(began)}, ${time(began)}`}
        </span>
      </span>
      <Icon className="shrink-0 text-faint" name="next" size={18} />
    </GameLink>
  );
}
