import { useToLobby } from "@app/app/nav";
import { cutWords } from "@app/app/notices";
import { closeAllSheets } from "@app/app/sheets-store";
import { useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { Dialog } from "@shared/ui/dialog";
import { useEffect } from "react";

/** The house has ended the game: why, and the way out. */
export function CutDialog({ reason }: { reason: string }) {
  const t = useT();
  const toLobby = useToLobby();
  useEffect(closeAllSheets, []);
  return (
    <Dialog
      actions={
        <Button onClick={toLobby} wide>
          {t("app-to-games")}
        </Button>
      }
      icon="lock"
      title={t("app-cut-title")}
    >
      <p>{t(cutWords(reason))}</p>
      <p className="mt-2 text-caption">{t("app-cut-settles")}</p>
    </Dialog>
  );
}
