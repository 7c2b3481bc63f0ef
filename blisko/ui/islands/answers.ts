/** What the house answered, as htmx tells of it. */
export interface Answer {
  status: number;
  raw: Response;
}

/**
 * What becomes of a part that asks for itself anew: while the house is away it stays as it is; that it is gone, or that its reader has to
 * sign in, is told by the whole page.
 */
export function instead(answer: Answer): "show" | "keep" | "reload" {
  if (answer.status >= 500 || answer.status === 429) return "keep";
  const away = answer.raw.redirected && new URL(answer.raw.url).pathname.startsWith("/accounts/");
  return away || answer.status >= 400 ? "reload" : "show";
}
