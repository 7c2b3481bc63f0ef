import { describe, expect, test } from "vitest";
import { fitted } from "../islands/pictures";
import { outlived, wayOf, worthKeeping } from "../islands/offline";

const house = "https://house.example";
const way = (path: string, method = "GET", origin = house) => wayOf(method, `${origin}${path}`, house);

describe("the technician's service worker", () => {
  test("keeps his pages and their pictures, and what is built for good", () => {
    expect(["/t/", "/t/?x=1", "/t/visits/7/", "/t/phone/"].map((path) => way(path))).toEqual(["page", "page", "page", "page"]);
    expect(["/static/assets/a.js", "/t/visits/7/photos/3/", "/t/visits/7/signature/"].map((path) => way(path))).toEqual(["app", "picture", "picture"]);
  });

  test("keeps out of changes, uploads, other people's pages and other houses", () => {
    expect(way("/t/operations/", "POST")).toBe("other");
    expect(["/t/uploads/ab/", "/t/worker.js", "/day/", "/v/abc", "/accounts/login/"].map((path) => way(path))).toEqual(Array(5).fill("other"));
    expect(way("/t/", "GET", "https://elsewhere.example")).toBe("other");
  });

  test("keeps no way to the sign-in and nothing that failed", () => {
    const good = { ok: true, redirected: false, type: "basic" };
    expect([good, { ...good, ok: false }, { ...good, redirected: true }, { ...good, type: "opaque" }].map(worthKeeping)).toEqual([true, false, false, false]);
  });

  test("keeps what the house before was made of, for pages that are still open, and nothing older", () => {
    const names = ["blisko-pages-1", "blisko-app-a", "blisko-files-1", "blisko-app-b", "another", "blisko-app-c"];
    expect(outlived(names, "blisko-app-c")).toEqual(["blisko-app-a"]);
    expect(outlived([...names, "blisko-app-d"], "blisko-app-b")).toEqual(["blisko-app-a", "blisko-app-c"]);
    expect(outlived(["blisko-files-0", "blisko-app-a"], "blisko-app-a")).toEqual(["blisko-files-0"]);
  });

  test("makes photos small, and none bigger", () => {
    expect([fitted(4000, 3000), fitted(300, 200), fitted(10000, 1)]).toEqual([[1600, 1200], [300, 200], [1600, 1]]);
  });
});
