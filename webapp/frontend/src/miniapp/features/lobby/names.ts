import { useT } from "@shared/i18n";
import type { MessageId } from "@shared/i18n/ids";

const features: Record<string, MessageId> = {
  "bonus-buy": "app-feature-bonus-buy",
  jackpot: "app-feature-jackpot",
  megaways: "app-feature-megaways",
  "free-spins": "app-feature-free-spins",
  cluster: "app-feature-cluster",
  "hold-and-win": "app-feature-hold-and-win",
};

/** Names a feature; one that we have no word for is shown in its provider's. */
export function useFeature(): (feature: string) => string {
  const t = useT();
  return (feature) => {
    const known = features[feature];
    if (known) return t(known);
    const words = feature.replace(/[-_]+/g, " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  };
}
