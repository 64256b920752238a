/** A launch that did not happen: why, and what can be done about it. */

import { useGo, useToLobby } from "@app/app/nav";
import { tablesPath } from "@app/features/lobby/paths";
import { asApiError } from "@shared/api/errors";
import type { Game } from "@shared/api/types";
import { useErrorText, useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import type { IconName } from "@shared/ui/icon";
import { Empty, Failure } from "@shared/ui/state";

// Said once and for all: to ask again would change nothing.
const FINAL: Partial<Record<string, IconName>> = {
  "error-game-not-here": "globe",
  "error-game-not-on-device": "lock",
  "error-game-not-in-currency": "wallet",
  "error-game-unavailable": "clock",
};
const OF_TABLES = ["error-table-not-chosen", "error-table-unavailable"];

export function Refused({
  game,
  error,
  onRetry,
}: {
  game: Game;
  error: unknown;
  onRetry: () => void;
}) {
  const t = useT();
  const words = useErrorText();
  const go = useGo();
  const toLobby = useToLobby();
  const text = `error-${asApiError(error).code}`;
  const icon = FINAL[text];
  if (OF_TABLES.includes(text)) {
    const again = (
      <Button onClick={() => go(tablesPath(game.id), true)}>{t("app-tables-other")}</Button>
    );
    return <Empty action={again} icon="live" title={words(error)} />;
  }
  if (icon) {
    const away = <Button onClick={toLobby}>{t("app-to-games")}</Button>;
    return <Empty action={away} icon={icon} title={words(error)} />;
  }
  return <Failure error={error} onRetry={onRetry} />;
}
