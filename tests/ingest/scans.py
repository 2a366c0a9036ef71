"""Typeset pages and turn them into scans: images in a PDF, slanted, sideways, stamped."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pymupdf
from PIL import Image

DPI = 200
PAGE = pymupdf.Rect(0, 0, 595, 842)
LETTERHEAD = [
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 15/2026/QĐ-UBND",
    "QUYẾT ĐỊNH",
    "Ban hành quy định về quản lý nhà chung cư",
]
ARTICLES = [
    "Điều 1. Phạm vi điều chỉnh",
    "Quyết định này quy định việc quản lý, sử dụng nhà chung cư trên địa bàn tỉnh.",
    "Điều 2. Mức phạt",
    "1. Phạt tiền 5.000.000 đồng đối với hành vi chiếm dụng phần sở hữu chung.",
    "2. Cơ quan có thẩm quyền tổ chức kiểm tra trong thời hạn 30 ngày.",
]


def typeset(lines: Sequence[str], stamp: str = "", colour: str = "#d01818") -> pymupdf.Document:
    """One A4 page; ``stamp`` printed in ``colour`` at the top left, where secrecy marks are."""
    document = pymupdf.open()
    page = document.new_page(width=PAGE.width, height=PAGE.height)
    body = "".join(f"<p style='font-size:14px;margin:6px 0'>{line}</p>" for line in lines)
    page.insert_htmlbox(pymupdf.Rect(70, 110, 530, 800), body)
    if stamp:
        box = pymupdf.Rect(90, 50, 230, 90)
        page.draw_rect(box, color=pymupdf.pdfcolor["red"] if colour != "#000" else (0, 0, 0), width=2)
        page.insert_htmlbox(
            box + (8, 6, -8, -4), f"<p style='font-size:20px;color:{colour};text-align:center'><b>{stamp}</b></p>"
        )
    return document


def scan(path: Path, pages: Sequence[pymupdf.Document], turn_deg: float = 0.0, fax: bool = False) -> Path:
    """``pages`` as images in one PDF at ``path``, each turned clockwise by ``turn_deg``; ``fax``: one bit a pixel."""
    out = pymupdf.open()
    for page in pages:
        pixmap = page[0].get_pixmap(dpi=DPI)
        image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
        if turn_deg:
            image = image.rotate(-turn_deg, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
        data = io.BytesIO()
        (image.convert("1", dither=Image.Dither.NONE) if fax else image).save(data, "PNG")
        sheet = out.new_page(width=image.width * 72 / DPI, height=image.height * 72 / DPI)
        sheet.insert_image(sheet.rect, stream=data.getvalue())
    out.save(path)
    return path
