/** Every failure of a call, as one type that says who must act. */

export class ApiError extends Error {
  constructor(
    /** The server's code, or one of ours: "network" (no answer) and "unexpected" (no JSON). */
    readonly code: string,
    readonly status: number,
    readonly values: Record<string, string> = {},
    /** The server's own words, in the language it was asked in. */
    readonly words: string | null = null,
    readonly requestId: string | null = null,
  ) {
    super(code);
    this.name = "ApiError";
  }

  /** Nobody knows whether the request was carried out: repeat it with the same key. */
  get unanswered(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("unexpected", 0);
}

/** Reads `{code, message, values}`; anything else is "unexpected". */
export async function problemOf(response: Response, body: unknown): Promise<ApiError> {
  const id = response.headers.get("X-Request-Id");
  const problem = body as { code?: unknown; message?: unknown; values?: unknown } | null;
  if (problem === null || typeof problem !== "object" || typeof problem.code !== "string") {
    return new ApiError("unexpected", response.status, {}, null, id);
  }
  const values = Object.fromEntries(
    Object.entries((problem.values ?? {}) as object).map(([k, v]) => [k, String(v)]),
  );
  const words = typeof problem.message === "string" ? problem.message : null;
  return new ApiError(problem.code, response.status, values, words, id);
}
