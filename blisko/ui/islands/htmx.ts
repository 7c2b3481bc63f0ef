/** htmx for fragments, with nothing in it that the content security policy would refuse. */
import htmx from "htmx.org";

interface Request {
  headers: Record<string, string>;
  method: string;
}

const csrfCookie = /(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/;

/** The token Django wants with every change: from the page's meta, else from its cookie. */
export function csrfToken(page: ParentNode, cookies: string): string {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  return meta || decodeURIComponent(csrfCookie.exec(cookies)?.[1] ?? "");
}

document.addEventListener("htmx:config:request", (event) => {
  const request = (event as CustomEvent<{ ctx?: { request?: Request } }>).detail.ctx?.request;
  if (!request || request.method.toUpperCase() === "GET") return;
  const token = csrfToken(document, document.cookie);
  if (token) request.headers["X-CSRFToken"] = token;
});

export default htmx;
