"""The pages people use: server-rendered, readable without JavaScript; small modules of it add comfort."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles

from api.forms import checked_form
from api.pages import (
    admin,
    ask,
    components,
    document,
    evaluation,
    library,
    provision,
    reasons,
    review,
    suggest,
    word_file,
)
from api.pages.words import FOLDER, error_page, show_page

__all__ = ["error_page", "install_pages", "show_page"]


def install_pages(app: FastAPI) -> None:
    """The pages and their static files."""
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    for module in (
        ask,
        suggest,
        word_file,
        provision,
        reasons,
        document,
        library,
        review,
        evaluation,
        admin,
        components,
    ):
        app.include_router(module.router, dependencies=[Depends(checked_form)])
