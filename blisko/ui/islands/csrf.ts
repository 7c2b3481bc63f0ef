/** Where the token of a change comes from. */
const csrfCookie = /(?:^|; )(?:__Host-|__Secure-)?csrftoken=([^;]+)/;

/** The token Django wants with every change: from the page's meta, else from its cookie. */
export function csrfToken(page: ParentNode, cookies: string): string {
  const meta = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  return meta || decodeURIComponent(csrfCookie.exec(cookies)?.[1] ?? "");
}
