import { describe, expect, test } from "vitest";
import { instead } from "../islands/answers";

const answer = (status: number, url = "https://house.example/t/", redirected = false) => ({ status, raw: { url, redirected } as Response });

describe("a part that asks for itself anew", () => {
  test("stays as it is while the house is away or busy", () => {
    expect([500, 502, 503, 429].map((status) => instead(answer(status)))).toEqual(["keep", "keep", "keep", "keep"]);
  });

  test("is told by the whole page once it is gone or its reader has to sign in", () => {
    expect([401, 403, 404, 410].map((status) => instead(answer(status)))).toEqual(["reload", "reload", "reload", "reload"]);
    expect(instead(answer(200, "https://house.example/accounts/login/?next=/t/", true))).toBe("reload");
  });

  test("is shown otherwise, wherever the house led to", () => {
    expect([instead(answer(200)), instead(answer(200, "https://house.example/t/visits/7/", true))]).toEqual(["show", "show"]);
  });
});
