"""The shapes of OpenAI's chat completions, as far as chat programs use them. What else they send is ignored."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schema import QUESTION_EXAMPLE, AnswerResponse

MODEL = "cancu"
MOST_MESSAGES = 200
LONGEST_MESSAGE = 100_000  # characters: earlier answers come back in the conversation


class TextPart(BaseModel):
    model_config = ConfigDict(frozen=True)
    type: str
    text: str = Field("", max_length=LONGEST_MESSAGE)


class ChatMessage(BaseModel):
    model_config = ConfigDict(frozen=True)
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = Field(None, max_length=LONGEST_MESSAGE)

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    """The last message of the user is the question; the user's messages before it are its conversation."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": QUESTION_EXAMPLE}], "stream": False}
            ]
        },
    )
    model: str = Field(MODEL, max_length=200)
    messages: list[ChatMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool = False


class ReplyMessage(BaseModel):
    """``content`` holds the citations in its text; ``citations`` and the completion's ``cancu`` have them structured."""

    model_config = ConfigDict(frozen=True)
    role: Literal["assistant"] = "assistant"
    content: str
    citations: list[dict[str, Any]] = []


class Choice(BaseModel):
    model_config = ConfigDict(frozen=True)
    index: int = 0
    message: ReplyMessage
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """No language model counts tokens here by default: syllables of question and answer."""

    model_config = ConfigDict(frozen=True)
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    cancu: AnswerResponse


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [{"id": MODEL, "object": "model"}]})
    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "can-cu"


class ModelList(BaseModel):
    model_config = ConfigDict(frozen=True)
    object: Literal["list"] = "list"
    data: list[Model]
