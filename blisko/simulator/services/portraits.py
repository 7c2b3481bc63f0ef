"""Faces for made-up technicians: drawn, friendly, and nobody's."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

SIDE, FINE = 320, 4
SKINS = ("#f6d7c3", "#eac1a2", "#d9a47f", "#b97f58", "#8d5a3b")
HAIR = ("#2d1e17", "#5a3825", "#8a5a2b", "#c9973f", "#9b9b9b", "#a3432c")
GROUNDS = ("#dcebf7", "#e6f2e1", "#fbe8d3", "#efe3f5", "#d8f0ee", "#f8dfe3")
SHIRTS = ("#134b7a", "#0f6b5c", "#7a3b13", "#4a3f8c", "#37474f")
INK = "#3a2a22"
At = Callable[[float, float], tuple[float, float]]
Oval = Callable[[float, float, float, float, str], None]


def portrait(name: str, *, woman: bool) -> bytes:
    """A face as PNG, 320 pixels square; the same name always has the same one."""
    rng = Random(f"face of {name}")
    size = SIDE * FINE
    picture = Image.new("RGB", (size, size), rng.choice(GROUNDS))
    draw = ImageDraw.Draw(picture)
    skin, hair, shirt = rng.choice(SKINS), rng.choice(HAIR), rng.choice(SHIRTS)
    hair = HAIR[0] if skin in SKINS[-2:] else hair
    wide, long = rng.uniform(0.185, 0.215), woman and rng.random() < 0.75

    def at(x: float, y: float) -> tuple[float, float]:
        return x * size, y * size

    def oval(x: float, y: float, rx: float, ry: float, colour: str) -> None:
        draw.ellipse([at(x - rx, y - ry), at(x + rx, y + ry)], fill=colour)

    if long:
        draw.rounded_rectangle([at(0.5 - wide - 0.06, 0.28), at(0.5 + wide + 0.06, 0.78)], radius=0.12 * size, fill=hair)
    oval(0.5, 1.08, 0.40, 0.36, shirt)
    draw.rounded_rectangle([at(0.43, 0.58), at(0.57, 0.80)], radius=0.06 * size, fill=skin)
    draw.polygon([at(0.41, 0.745), at(0.5, 0.86), at(0.59, 0.745), at(0.5, 0.79)], fill="#ffffff")
    oval(0.5, 0.33, wide + 0.035, 0.19, hair)
    oval(0.5 - wide, 0.47, 0.03, 0.045, skin)
    oval(0.5 + wide, 0.47, 0.03, 0.045, skin)
    oval(0.5, 0.46, wide, 0.235, skin)
    part = rng.choice((-0.025, 0.0, 0.025))
    draw.pieslice([at(0.5 - wide - 0.02, 0.17), at(0.5 + wide + 0.02, 0.49)], 180, 360, fill=hair)
    oval(0.5 + part, 0.345, wide * 0.86, 0.075, skin)
    _face(draw, rng, at, oval, hair, glasses=rng.random() < 0.3)
    out = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _face(draw: ImageDraw.ImageDraw, rng: Random, at: At, oval: Oval, hair: str, *, glasses: bool) -> None:
    width = round(0.011 * SIDE * FINE)
    for side in (-1, 1):
        x = 0.5 + side * 0.082
        oval(x, 0.452, 0.017, 0.021, INK)
        oval(x + 0.006, 0.445, 0.005, 0.006, "#ffffff")
        draw.arc([at(x - 0.045, 0.39), at(x + 0.045, 0.44)], 200, 340, fill=hair, width=width)
        if glasses:
            draw.ellipse([at(x - 0.055, 0.40), at(x + 0.055, 0.505)], outline=INK, width=width)
    if glasses:
        draw.line([at(0.473, 0.445), at(0.527, 0.445)], fill=INK, width=width)
    draw.arc([at(0.47, 0.45), at(0.53, 0.53)], 40, 140, fill="#b5795a", width=width)
    smile = rng.uniform(0.055, 0.075)
    draw.chord([at(0.5 - smile, 0.53), at(0.5 + smile, 0.615)], 10, 170, fill="#ffffff", outline="#a4503f", width=width)
