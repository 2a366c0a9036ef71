"""The chat interface of OpenAI over our answers, for programs that speak it already (Open WebUI, the openai package)."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.chat_schema import MODEL, ChatCompletion, ChatRequest, Choice, Model, ModelList, ReplyMessage, Usage
from api.routes.answers import Parts, answer_events, ask
from api.schema import AnswerRequest
from api.shapes import answer_shape, citation_shape
from api.streams import HEADERS, MEDIA_TYPE, begun, sse
from rag.errors import BadInput, CancuError, NotFound
from rag.law.text import syllables
from rag.messages import message
from rag.results import Answer, AnswerEvent, AnswerStatus, DoneEvent

router = APIRouter(prefix="/v1", tags=["Giao diện kiểu OpenAI"])
KEPT_HISTORY = 3  # questions before this one that an answer leans on
CHUNK_CHARACTERS = 60  # of text in one event of a stream
EITHER: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        "description": "Một câu trả lời, hoặc dòng sự kiện",
    }
}


@router.get("/models", summary="Các mô hình")
def list_models() -> ModelList:
    return ModelList(data=[Model(id=MODEL)])


@router.get("/models/{model}", summary="Một mô hình")
def get_model(model: str) -> Model:
    if model != MODEL:
        raise NotFound("model_not_found", model=model)
    return Model(id=MODEL)


@router.post("/chat/completions", summary="Hỏi đáp", response_model=ChatCompletion, responses=EITHER)
def complete(request: ChatRequest, parts: Parts) -> Response:
    """The answer as a chat message: its sentences with [n], then the citations; refused questions get the reason."""
    asked = _question(request)
    language = parts.settings.language
    if request.stream:
        lines = _chunks(begun(answer_events(parts, asked)), request.model, language)
        return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=HEADERS)
    answer = ask(parts, asked)
    return JSONResponse(_completion(answer, request.model, language).model_dump(mode="json"))


def _question(request: ChatRequest) -> AnswerRequest:
    said = [one.text for one in request.messages if one.role == "user"]
    if not said:
        raise BadInput("chat_without_question")
    return AnswerRequest(question=said[-1], history=said[:-1][-KEPT_HISTORY:])


def chat_text(answer: Answer, language: str) -> str:
    """The answer in words: sentences with the numbers of their citations, the citations under them."""
    if answer.status is AnswerStatus.REFUSED:
        return answer.reason or ""
    said = [f"{one.text} {''.join(f'[{n}]' for n in one.citations)}".strip() for one in answer.sentences]
    grounds = [f"[{c.n}] {c.citation} ({message('page_page', language, page=c.page)})" for c in answer.citations]
    return "\n".join([*said, "", message("chat_grounds", language), *grounds])


def _completion(answer: Answer, model: str, language: str) -> ChatCompletion:
    text = chat_text(answer, language)
    citations = [citation_shape(one).model_dump(mode="json") for one in answer.citations]
    asked, said = len(syllables(answer.question)), len(syllables(text))
    return ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=model,
        choices=[Choice(message=ReplyMessage(content=text, citations=citations))],
        usage=Usage(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said),
        cancu=answer_shape(answer),
    )


def _chunks(events: Iterator[AnswerEvent], model: str, language: str) -> Iterator[str]:
    """The stream that OpenAI's clients read. Only verified text is sent: what was said cannot be taken back."""
    frame = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": model}
    yield _chunk(frame, {"role": "assistant", "content": ""})
    try:
        for event in events:
            if isinstance(event, DoneEvent):
                yield from _text_chunks(frame, chat_text(event.answer, language))
                shape = answer_shape(event.answer).model_dump(mode="json")
                yield _chunk(frame | {"cancu": shape}, {"citations": shape["citations"]}, "stop")
    except CancuError as error:
        yield sse(None, {"error": {"message": error.text(language), "type": error.key, "code": error.key}})
    yield "data: [DONE]\n\n"


def _text_chunks(frame: dict[str, Any], text: str) -> Iterator[str]:
    for start in range(0, len(text), CHUNK_CHARACTERS):
        yield _chunk(frame, {"content": text[start : start + CHUNK_CHARACTERS]})


def _chunk(frame: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> str:
    return sse(None, frame | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
