import { useSearchParams } from "wouter";
import { hasFilter } from "./filter";
import { Find } from "./find";
import { Grid } from "./grid";

/** Both ways to a game: by what it is, as the address says, or by words. */
export function Search() {
  const [params] = useSearchParams();
  return hasFilter(params) ? <Grid /> : <Find />;
}
