import { describe, expect, test } from "vitest";
import { isThere, opened, shownAs } from "../islands/notices";

const url = "https://care.example/v/token";

describe("what is pushed", () => {
  test("is shown in the place of the earlier one, aloud", () => {
    const notice = { title: "On the way", body: "Expected 10:20", url, lang: "en", tag: "one" };
    expect(shownAs(notice)).toEqual({ body: "Expected 10:20", lang: "en", tag: "one", renotify: true, data: { url } });
  });

  test("opens the link and nothing else", () => {
    expect(opened(url, "https://care.example")).toBe(url);
    for (const other of [undefined, "", "javascript:alert(1)", "https://other.example/v/token", "https://care.example/admin/"]) {
      expect(opened(other, "https://care.example")).toBe("");
    }
  });

  test("comes back to a page that is open, in whatever language", () => {
    expect(isThere(`${url}/?lang=pl#delay`, url)).toBe(true);
    expect(isThere(`${url}/report`, url)).toBe(false);
  });
});
