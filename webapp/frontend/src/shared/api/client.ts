/** The typed client for everything behind a sign-in. */

import createClient from "openapi-fetch";
import type { paths } from "./schema";
import { accessToken, renew, timedFetch, unwrap, useSession } from "./session";

async function signedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const used = accessToken();
  const response = await timedFetch(signed(request, used));
  if (response.status !== 401 || !(await renew(used))) return response;
  return timedFetch(signed(again, accessToken()));
}

function signed(request: Request, token: string | null): Request {
  if (token) request.headers.set("Authorization", `Bearer ${token}`);
  const language = useSession.getState().player?.language;
  if (language) request.headers.set("Accept-Language", language);
  return request;
}

const client = createClient<paths>({ baseUrl: location.origin, fetch: signedFetch });

/** `await call(api.GET(...))`: the data, or an ApiError. */
export { client as api, unwrap as call };
