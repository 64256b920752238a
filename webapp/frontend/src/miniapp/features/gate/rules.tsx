/** The house rules in plain words. */

import { useSession } from "@shared/api/session";
import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { Icon, type IconName } from "@shared/ui/icon";

const rules: readonly { icon: IconName; text: MessageId }[] = [
  { icon: "profile", text: "app-rule-adult" },
  { icon: "wallet", text: "app-rule-money" },
  { icon: "shield", text: "app-rule-fair" },
  { icon: "gauge", text: "app-rule-limits" },
  { icon: "undo", text: "app-rule-errors" },
  { icon: "lock", text: "app-rule-privacy" },
];

export function HouseRules() {
  const t = useT();
  const config = useSession((state) => state.config);
  return (
    <div className="flex flex-col gap-4">
      {config?.mode === "demo" && (
        <p className="rounded-control bg-gold-soft p-3 text-caption">{t("app-rule-demo")}</p>
      )}
      <ul className="flex flex-col gap-4">
        {rules.map(({ icon, text }) => (
          <li className="flex gap-3" key={text}>
            <span className="grid size-10 shrink-0 place-items-center rounded-control bg-raised text-muted">
              <Icon name={icon} size={20} />
            </span>
            <p className="self-center text-pretty">{t(text)}</p>
          </li>
        ))}
      </ul>
      {config && (
        <p className="text-center text-micro text-faint">
          {t("app-rules-version", { version: config.terms_version })}
        </p>
      )}
    </div>
  );
}
