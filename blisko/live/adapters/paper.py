"""Documents for people: HTML in, a tagged PDF (PDF/UA-1) out, with its fonts inside and nothing fetched from anywhere."""

from functools import cache
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from blisko.kit.pictures import inlined

# Figtree (SIL Open Font License) at two weights, Latin with Latin Extended: Polish and Hungarian whole.
FONTS = Path(__file__).parent.parent / "fonts"
WEIGHTS = {400: "Figtree-Regular.ttf", 700: "Figtree-Bold.ttf"}


class WeasyPaper:
    """Made by WeasyPrint."""

    def tagged_pdf(self, html: str, css: str) -> bytes:
        fonts = FontConfiguration()
        only_what_is_inside = URLFetcher(allowed_protocols=("data",))
        style = CSS(string=_faces() + css, font_config=fonts, url_fetcher=only_what_is_inside)
        page = HTML(string=html, url_fetcher=only_what_is_inside)
        content: bytes = page.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True)
        return content


@cache
def _faces() -> str:
    faces = (
        f'@font-face {{ font-family: "Figtree"; font-weight: {weight}; src: url("{inlined("font/ttf", (FONTS / name).read_bytes())}"); }}'
        for weight, name in WEIGHTS.items()
    )
    return "\n".join([*faces, 'html { font-family: "Figtree", sans-serif; }'])
