/** htmx for fragments, with nothing in it that the content security policy would refuse. */
import htmx from "htmx.org";
import { instead, type Answer } from "./answers";
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

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = (event as CustomEvent<{ ctx: { sourceElement: Element; request: Request; response: Answer } }>).detail;
  if (!ctx.sourceElement.getAttribute("hx-swap")?.startsWith("outerMorph") || ctx.request.method.toUpperCase() !== "GET") return;
  const way = instead(ctx.response);
  if (way !== "show") event.preventDefault();
  if (way === "reload") location.reload();
});

export default htmx;
