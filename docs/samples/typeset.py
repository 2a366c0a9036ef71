"""Typeset the sample documents in the layout of Decree 30/2020/NĐ-CP: ``source/*.txt`` to HTML to PDF (Chromium).

Run: ``python docs/samples/typeset.py``. It needs ``chromium`` and Liberation Serif 2 with its Vietnamese
letters (package fonts-liberation2 on Debian 12, fonts-liberation later; version 1.07 lacks them). About six seconds.
A source is a header of ``key: value`` lines ("|" breaks a line), an empty line, and one paragraph a line.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
MARK = "VĂN BẢN MẪU – không có giá trị pháp lý; cơ quan và địa danh là hư cấu"
HEADING = re.compile(r"^(“?Điều \d+[a-zđ]?\. |[IVX]+\. )[^.;:]*$")
ARTICLE_LABEL = re.compile(r"^(Điều \d+\.)")
CHROMIUM_LIMIT_S = 60  # a page of text takes about one second; a hung browser must not stop a build

STYLE = (FOLDER / "typeset.css").read_text(encoding="utf-8").replace("MARK", MARK)


def read_source(path: Path) -> tuple[dict[str, str], list[str]]:
    """The header as a mapping and the body as paragraphs."""
    header, body = path.read_text(encoding="utf-8").split("\n\n", 1)
    fields = dict(line.split(": ", 1) for line in header.splitlines())
    return fields, [line for line in body.splitlines() if line]


def broken(text: str) -> str:
    """Escaped text with "|" as line breaks."""
    return html.escape(text).replace("|", "<br>")


def letterhead(fields: dict[str, str]) -> str:
    """Issuer and national motto, number, place and date (Decree 30/2020/NĐ-CP, appendix I)."""
    parent = f"{broken(fields['parent'])}<br>" if "parent" in fields else ""
    subject = f"<br><span style='font-size:12pt'>{broken(fields['subject'])}</span>" if "subject" in fields else ""
    return (
        f"<table class=head><tr><td>{parent}<b>{broken(fields['issuer'])}</b><div class=rule></div></td>"
        "<td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b><div class=rule></div></td></tr>"
        f"<tr><td>Số: {fields['number']}{subject}</td><td class=i>{fields['date']}</td></tr></table>"
    )


def title_block(fields: dict[str, str]) -> str:
    """Type and title, or "Kính gửi" for an official letter."""
    if "to" in fields:
        receivers = "".join(f"<p class=c>- {html.escape(one)}</p>" for one in fields["to"].split("|"))
        return f"<p class=c>Kính gửi:</p>{receivers}"
    return f"<p class='c b'>{fields['type']}</p><p class='c b'>{broken(fields['title'])}</p><div class=rule></div>"


def signature(fields: dict[str, str]) -> str:
    """Recipients on the left, the signing office on the right; samples carry no person's name."""
    receivers = "<br>".join(f"- {html.escape(one)}" for one in fields["recipients"].split("|"))
    return (
        f"<table class=sign><tr><td class=small><b><i>Nơi nhận:</i></b><br>{receivers}</td>"
        f"<td class=c><b>{broken(fields['signer'])}</b><br><br><i>(Đã ký)</i></td></tr></table>"
    )


def table(rows: list[str]) -> str:
    """Rows written as ``| a | b |``."""
    cells = [[html.escape(cell.strip()) for cell in row.strip("|").split("|")] for row in rows]
    return "<table class=rows>" + "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in cells) + "</table>"


def paragraph(line: str, fields: dict[str, str]) -> str:
    """One body line as HTML."""
    fixed = {"!sign": lambda: signature(fields), "!page": lambda: "<div class=page></div>"}
    if line in fixed:
        return fixed[line]()
    if line == "!letterhead":
        return letterhead({k: v for k, v in fields.items() if k != "subject"}).split("<tr><td>Số:")[0] + "</table>"
    if line[0] in "#^":
        return f"<p class='c {'b' if line[0] == '#' else 'i'}'>{broken(line[2:])}</p>"
    kind = "b" if HEADING.match(line) else "i" if line.startswith("Căn cứ") else ""
    text = ARTICLE_LABEL.sub(r"<b>\1</b>", html.escape(line))
    return f"<p class='{kind}'>{text}</p>"


def to_html(fields: dict[str, str], body: list[str]) -> str:
    """The whole page."""
    parts, rows = [letterhead(fields), title_block(fields)], []
    for line in [*body, ""]:
        if line.startswith("|"):
            rows.append(line)
            continue
        parts.extend([table(rows)] if rows else [])
        rows = []
        parts.extend([paragraph(line, fields)] if line else [])
    head = f"<meta charset=utf-8><title>{fields['number']}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=vi>{head}{''.join(parts)}</html>"


def print_pdf(page: Path, target: Path, profile: Path) -> None:
    """Print one HTML file with headless Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("chromium is missing: apt-get install chromium")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--disable-pdf-tagging"]
    command = [chromium, *options, f"--user-data-dir={profile}", f"--print-to-pdf={target}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=CHROMIUM_LIMIT_S)


def main() -> None:
    """Typeset every source beside this file."""
    with tempfile.TemporaryDirectory() as scratch:
        for source in sorted((FOLDER / "source").glob("*.txt")):
            page = Path(scratch) / f"{source.stem}.html"
            page.write_text(to_html(*read_source(source)), encoding="utf-8")
            print_pdf(page, FOLDER / f"{source.stem}.pdf", Path(scratch) / "profile")


if __name__ == "__main__":
    main()
