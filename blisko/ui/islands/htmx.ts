/** htmx for fragments, with nothing in it that the content security policy would refuse. */
import htmx from "htmx.org";
import { csrfToken } from "./csrf";

interface Request {
  headers: Record<string, string>;
  method: string;
}

// What a reader has opened stays open when the page is drawn anew beneath his hand.
htmx.config.morphIgnore.push("open");

document.addEventListener("htmx:config:request", (event) => {
  const request = (event as CustomEvent<{ ctx?: { request?: Request } }>).detail.ctx?.request;
  if (!request || request.method.toUpperCase() === "GET") return;
  const token = csrfToken(document, document.cookie);
  if (token) request.headers["X-CSRFToken"] = token;
});

interface Answer {
  status: number;
  raw: Response;
}

/** What becomes of a part that asks for itself anew and is answered otherwise: it stays as it is; one that is gone, or whose reader has to sign in, is told by the whole page. */
export function instead(answer: Answer): "show" | "keep" | "reload" {
  if (answer.status >= 500 || answer.status === 429) return "keep";
  const away = answer.raw.redirected && new URL(answer.raw.url).pathname.startsWith("/accounts/");
  return away || answer.status >= 400 ? "reload" : "show";
}

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = (event as CustomEvent<{ ctx: { sourceElement: Element; request: Request; response: Answer } }>).detail;
  if (!ctx.sourceElement.getAttribute("hx-swap")?.startsWith("outerMorph") || ctx.request.method.toUpperCase() !== "GET") return;
  const way = instead(ctx.response);
  if (way !== "show") event.preventDefault();
  if (way === "reload") location.reload();
});

export default htmx;
