/** The player's seeds: the house's commitment, the player's share, and swapping them. */

import { usePlatform } from "@app/app/platform";
import { api, call } from "@shared/api/client";
import { keys } from "@shared/api/keys";
import type { Rotation, Seeds } from "@shared/api/types";
import { useErrorText, useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { CopyField } from "@shared/ui/copy";
import { Icon } from "@shared/ui/icon";
import { Failure, Rows } from "@shared/ui/state";
import { Banner } from "@shared/ui/surface";
import { toast } from "@shared/ui/toast";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { canVerify, seedHash } from "./verify";

const SEED_MAX = 64;
const SEED_BYTES = 8;

/** A fresh client seed from this device's own randomness. */
function randomSeed(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SEED_BYTES));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

export function FairnessPane() {
  const t = useT();
  const seeds = useQuery({
    queryKey: keys.seeds,
    queryFn: () => call(api.GET("/api/v1/fairness")),
  });
  const [rotation, setRotation] = useState<Rotation | null>(null);
  if (seeds.isError) return <Failure error={seeds.error} onRetry={() => void seeds.refetch()} />;
  if (!seeds.data) return <Rows count={3} />;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-caption text-muted text-pretty">{t("app-fair-how")}</p>
      <CopyField label={t("app-fair-server-hash")} value={seeds.data.server_seed_hash} />
      <div className="grid grid-cols-[1fr_auto] gap-2">
        <CopyField label={t("app-fair-client-seed")} value={seeds.data.client_seed} />
        <div className="min-w-22 rounded-control bg-well px-3.5 py-2.5">
          <span className="block text-caption text-muted">{t("app-fair-nonce")}</span>
          <span className="block font-mono text-caption" data-testid="nonce">
            {seeds.data.nonce}
          </span>
        </div>
      </div>
      <Rotate onRotated={setRotation} seeds={seeds.data} />
      {rotation && <Revealed rotation={rotation} />}
    </div>
  );
}

function Rotate({ seeds, onRotated }: { seeds: Seeds; onRotated: (rotation: Rotation) => void }) {
  const t = useT();
  const words = useErrorText();
  const platform = usePlatform();
  const queries = useQueryClient();
  const [next, setNext] = useState(randomSeed);
  const rotate = useMutation({
    mutationFn: (clientSeed: string) =>
      call(api.POST("/api/v1/fairness/rotate", { body: { client_seed: clientSeed } })),
    onSuccess(rotation) {
      queries.setQueryData(keys.seeds, rotation.current);
      // Rounds under the old seed can be recomputed from now on.
      void queries.invalidateQueries({ queryKey: keys.anyRound });
      onRotated(rotation);
      setNext(randomSeed());
      platform.notify("success");
    },
    onError: (error) => toast(words(error), "lose"),
  });
  const ready = next.trim() !== "" && next.trim() !== seeds.client_seed;
  return (
    <div className="mt-1 flex flex-col gap-2 border-t border-line pt-3">
      <label className="text-caption font-medium" htmlFor="client-seed">
        {t("app-fair-next-seed")}
      </label>
      <div className="flex h-12 items-center rounded-control border border-transparent bg-well ps-3.5 pe-1 focus-within:border-accent">
        <input
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          className="min-w-0 flex-1 bg-transparent font-mono text-[16px] outline-none"
          id="client-seed"
          maxLength={SEED_MAX}
          onChange={(event) => setNext(event.target.value)}
          spellCheck={false}
          value={next}
        />
        <button
          aria-label={t("app-fair-random")}
          className="press grid h-10 w-11 place-items-center rounded-[9px] bg-knob"
          onClick={() => setNext(randomSeed())}
          title={t("app-fair-random")}
          type="button"
        >
          <Icon name="refresh" size={18} />
        </button>
      </div>
      <Button
        disabled={!ready}
        icon="key"
        onClick={() => rotate.mutate(next.trim())}
        pending={rotate.isPending}
        wide
      >
        {t("app-fair-rotate")}
      </Button>
      <p className="text-caption text-muted">{t("app-fair-rotate-note")}</p>
    </div>
  );
}

/** The old seed, and whether it is the one that was promised. */
function Revealed({ rotation }: { rotation: Rotation }) {
  const t = useT();
  const { server_seed: seed, server_seed_hash: hash, nonce } = rotation.revealed;
  const [kept, setKept] = useState<boolean | null>(null);
  useEffect(() => {
    if (canVerify()) void seedHash(seed).then((computed) => setKept(computed === hash));
  }, [seed, hash]);
  return (
    <div className="animate-rise flex flex-col gap-2">
      <CopyField label={t("app-fair-revealed", { count: nonce })} value={seed} />
      {kept !== null && (
        <Banner icon={kept ? "check" : "warning"} tone={kept ? "win" : "lose"}>
          {t(kept ? "app-fair-hash-kept" : "app-fair-hash-broken")}
        </Banner>
      )}
    </div>
  );
}
