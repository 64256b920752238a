/** The end of a list that goes on: the next page comes by itself, or by this button. */

import { useErrorText, useT } from "@shared/i18n";
import { Button } from "@shared/ui/button";
import { useWhenNear } from "./near";

interface MoreProps {
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    isPlaceholderData: boolean;
    error: unknown;
    data: { games: readonly unknown[] } | undefined;
    fetchNextPage: () => unknown;
  };
}

export function More({ list }: MoreProps) {
  const t = useT();
  const words = useErrorText();
  const failed = list.isFetchNextPageError;
  const end = useWhenNear<HTMLDivElement>(() => {
    const free = list.hasNextPage && !list.isFetchingNextPage && !list.isPlaceholderData;
    // What failed is asked for again by the player, not by a page that is merely open.
    if (free && !failed) list.fetchNextPage();
  }, list.data);
  if (!list.hasNextPage) return null;
  return (
    <div className="mt-4 flex flex-col items-center gap-2" ref={end}>
      {failed && (
        <p className="text-center text-caption text-muted" role="alert">
          {words(list.error)}
        </p>
      )}
      <Button
        className="min-w-40"
        onClick={() => list.fetchNextPage()}
        pending={list.isFetchingNextPage}
        tone="raised"
      >
        {t(failed ? "app-retry" : "app-load-more")}
      </Button>
    </div>
  );
}
