/** htmx for fragments, with nothing in it that the content security policy would refuse. */
import htmx from "htmx.org";
import { csrfToken } from "./csrf";

interface Request {
  headers: Record<string, string>;
  method: string;
}

document.addEventListener("htmx:config:request", (event) => {
  const request = (event as CustomEvent<{ ctx?: { request?: Request } }>).detail.ctx?.request;
  if (!request || request.method.toUpperCase() === "GET") return;
  const token = csrfToken(document, document.cookie);
  if (token) request.headers["X-CSRFToken"] = token;
});

export default htmx;
