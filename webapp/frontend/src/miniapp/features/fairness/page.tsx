import { Shell } from "@app/app/shell";
import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";
import { Icon, type IconName } from "@shared/ui/icon";
import { Card, SectionTitle } from "@shared/ui/surface";
import { FairnessPane } from "./seeds";

const steps: readonly { icon: IconName; title: MessageId; note: MessageId }[] = [
  { icon: "lock", title: "app-fair-1-title", note: "app-fair-1-note" },
  { icon: "key", title: "app-fair-2-title", note: "app-fair-2-note" },
  { icon: "shield", title: "app-fair-3-title", note: "app-fair-3-note" },
];

export function FairnessPage() {
  const t = useT();
  return (
    <Shell title={t("app-fairness")}>
      <div className="flex flex-col gap-6 pt-1 lg:grid lg:grid-cols-2">
        <section>
          <div className="flex flex-col gap-2.5">
            {steps.map(({ icon, title, note }, i) => (
              <Card className="flex gap-3.5 p-4" key={title}>
                <span className="grid size-11 shrink-0 place-items-center rounded-control bg-win-soft text-win">
                  <Icon name={icon} size={22} />
                </span>
                <div>
                  <h3 className="font-semibold">
                    <span className="text-muted">{i + 1}. </span>
                    {t(title)}
                  </h3>
                  <p className="mt-0.5 text-caption text-muted text-pretty">{t(note)}</p>
                </div>
              </Card>
            ))}
          </div>
        </section>
        <section>
          <SectionTitle>{t("app-fair-your-seeds")}</SectionTitle>
          <Card className="p-4">
            <FairnessPane />
          </Card>
        </section>
      </div>
    </Shell>
  );
}
