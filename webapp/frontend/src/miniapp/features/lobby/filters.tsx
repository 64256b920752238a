/** The filter sheet: every choice says how many games it would leave. */

import { useT, useTexts } from "@shared/i18n";
import { Button, Chip } from "@shared/ui/button";
import { Icon } from "@shared/ui/icon";
import { Sheet } from "@shared/ui/sheet";
import { Segmented } from "@shared/ui/surface";
import { type ReactNode, useState } from "react";
import { type Collection, clean, type Filter, isMode, VOLATILITIES } from "./filter";
import { useFeature } from "./names";
import { useFacets } from "./queries";

const STUDIOS_FIRST = 12;
const STUDIOS_MAX = 60;

interface FiltersProps {
  filter: Filter;
  open: boolean;
  onApply: (next: Filter) => void;
  onClose: () => void;
  onClosed: () => void;
}

export function Filters({ filter, open, onApply, onClose, onClosed }: FiltersProps) {
  const t = useT();
  return (
    <Sheet onClose={onClose} onClosed={onClosed} open={open} title={t("app-filters")}>
      <Choices filter={filter} onApply={onApply} />
    </Sheet>
  );
}

type Mode = "any" | "has_demo" | "free_spins";

function modeOf(collection: Collection | undefined): Mode {
  return collection === "has_demo" || collection === "free_spins" ? collection : "any";
}

function Choices({ filter, onApply }: Pick<FiltersProps, "filter" | "onApply">) {
  const t = useT();
  const [draft, setDraft] = useState(filter);
  const feature = useFeature();
  const set = (part: Filter) => setDraft((before) => clean({ ...before, ...part }));
  const { studio, volatility, features = [], collection } = draft;
  // Of one that is chosen already, the others can be chosen instead.
  const all = useFacets(draft).data;
  const levels = useFacets({ ...draft, volatility: undefined }).data?.volatilities ?? [];
  const studios = useFacets({ ...draft, studio: undefined }).data?.studios ?? [];
  // Collections are not counted.
  const counted = collection === undefined;
  const named = new Map(all?.features.map(({ value, games }) => [value, games]));
  for (const name of features) if (!named.has(name)) named.set(name, 0);
  return (
    <div className="flex flex-col gap-5">
      {(counted || isMode(collection)) && (
        <Group title={t("app-filter-mode")}>
          <Segmented<Mode>
            label={t("app-filter-mode")}
            onChange={(mode) => set({ collection: mode === "any" ? undefined : mode })}
            options={[
              { value: "any", label: t("app-filter-any") },
              { value: "has_demo", label: t("app-filter-demo") },
              { value: "free_spins", label: t("app-filter-free-spins") },
            ]}
            value={modeOf(collection)}
          />
        </Group>
      )}
      <Group title={t("app-filter-volatility")}>
        <Chips>
          {VOLATILITIES.map((level) => (
            <Counted
              count={counted ? (levels.find(({ value }) => value === level)?.games ?? 0) : null}
              key={level}
              on={volatility === level}
              onPress={() => set({ volatility: volatility === level ? undefined : level })}
            >
              {t(`app-volatility-${level}`)}
            </Counted>
          ))}
        </Chips>
      </Group>
      {named.size > 0 && (
        <Group title={t("app-filter-features")}>
          <Chips>
            {[...named].map(([name, games]) => {
              const on = features.includes(name);
              return (
                <Counted
                  count={counted ? games : null}
                  key={name}
                  on={on}
                  onPress={() =>
                    set({
                      features: on
                        ? features.filter((other) => other !== name)
                        : [...features, name].sort(),
                    })
                  }
                >
                  {feature(name)}
                </Counted>
              );
            })}
          </Chips>
        </Group>
      )}
      <Studios
        chosen={studio}
        counted={counted}
        onChoose={(name) => set({ studio: name === studio ? undefined : name })}
        studios={studios}
      />
      <div className="sticky -bottom-[calc(20px+var(--sab))] -mx-4 -mb-[calc(20px+var(--sab))] flex gap-2.5 border-t border-line bg-surface px-4 pt-3 pb-[calc(16px+var(--sab))]">
        <Button
          onClick={() =>
            set({
              studio: undefined,
              volatility: undefined,
              features: undefined,
              collection: isMode(collection) ? undefined : collection,
            })
          }
          tone="raised"
        >
          {t("app-filters-reset")}
        </Button>
        <Button className="flex-1" data-testid="apply" onClick={() => onApply(draft)}>
          {counted && all ? t("app-filters-show", { count: all.games }) : t("app-filters-apply")}
        </Button>
      </div>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-caption font-semibold text-muted">{title}</legend>
      {children}
    </fieldset>
  );
}

function Chips({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap gap-2">{children}</div>;
}

interface CountedProps {
  on: boolean;
  count: number | null;
  onPress: () => void;
  children: ReactNode;
}

function Counted({ on, count, onPress, children }: CountedProps) {
  const language = useTexts((state) => state.language);
  return (
    <Chip disabled={count === 0 && !on} on={on} onClick={onPress}>
      {children}
      {count !== null && (
        <span className="font-normal opacity-75">{count.toLocaleString(language)}</span>
      )}
    </Chip>
  );
}

interface StudiosProps {
  studios: readonly { value: string; games: number }[];
  chosen: string | undefined;
  counted: boolean;
  onChoose: (name: string) => void;
}

function Studios({ studios, chosen, counted, onChoose }: StudiosProps) {
  const t = useT();
  const [typed, setTyped] = useState("");
  if (studios.length === 0 && !chosen) return null;
  const wanted = typed.trim().toLowerCase();
  const fitting = studios.filter(({ value }) => value.toLowerCase().includes(wanted));
  const first = fitting.slice(0, wanted ? STUDIOS_MAX : STUDIOS_FIRST);
  // What is chosen is always in sight.
  const shown =
    chosen && !first.some(({ value }) => value === chosen)
      ? [studios.find(({ value }) => value === chosen) ?? { value: chosen, games: 0 }, ...first]
      : first;
  return (
    <Group title={t("app-filter-studio")}>
      {studios.length > STUDIOS_FIRST && (
        <label className="mb-2.5 flex h-11 items-center gap-2.5 rounded-control border border-line bg-well px-3.5 text-muted focus-within:border-accent">
          <Icon name="search" size={18} />
          <input
            autoComplete="off"
            className="min-w-0 flex-1 bg-transparent text-[16px] text-fg outline-none placeholder:text-faint"
            onChange={(event) => setTyped(event.target.value)}
            placeholder={t("app-filter-find-studio", { count: studios.length })}
            spellCheck={false}
            value={typed}
          />
        </label>
      )}
      <Chips>
        {shown.map(({ value, games }) => (
          <Counted
            count={counted ? games : null}
            key={value}
            on={value === chosen}
            onPress={() => onChoose(value)}
          >
            {value}
          </Counted>
        ))}
      </Chips>
    </Group>
  );
}
