"""The extractive answer: the sentences of the best provisions that answer the question, verbatim, each with its ground.

Up to three Điều: the best, and others whose chance is near enough. Of each Điều the Khoản that fits the question best, of the
first one perhaps a second. Sentences keep the order of the law, each point behind the sentence that leads into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer import POINT_LABEL, Candidate
from rag.evidence import Meaning
from rag.injection import speaks_to_machine
from rag.law.passage import Passage, PassageLine
from rag.question import says_nothing
from rag.results import Citation, Hit, Sentence
from rag.sentences import TextSentence, split_sentences
from rag.shape import BONUS, LONG, Shape, fits, role_of, shape_of, wants_all
from rag.support import unlabelled
from rag.verify import quote_stands

MAX_ARTICLES = 3  # Điều an answer rests on: more is a list of results, not an answer
FURTHER_SHARE = 0.15  # chance of a further Điều, as a share of the first one's; set by ``eval.train.choice``
FURTHER_SENTENCES = 3  # of a further Điều: its rule, or a lead-in with two points
MOST_CLAUSES = 2  # Khoản of the first Điều, unless the question names the Điều: then as many as Điều
SECOND_SHARE = 0.85  # fit of a second Khoản, as a share of the first one's
INNER_STEP = 0.04  # fit that each place further down in the search's order, or in the Điều when it is named, costs
SENTENCE_SHARE = 0.5  # weight of the best sentence beside the whole Khoản in its fit
HEADING_ASKED = 0.8  # of the question's meaning by the heading of a Điều: the question asks for the Điều
LEAST_OF_CLAUSE = 2  # sentences of each Khoản of a Điều that is given whole
NOTE_COST = 0.3  # fit that a footnote loses: it tells of a rule's history
WHOLE_PROVISION_CHARACTERS = 420  # a provision this short is shown whole: cutting it would only lose its conditions
MIN_SHARE_OF_BEST = 0.75  # closeness of a further sentence, as a share of the best one's


@dataclass(frozen=True, slots=True)
class Chosen:
    """A provision to quote and how many of its sentences."""

    candidate: Candidate
    most: int


def compose(
    question: str, meaning: Meaning, candidates: Sequence[Candidate], point: str | None = None
) -> tuple[list[Sentence], list[Citation]]:
    """The sentences shown and their citations; every one verified against its passage. ``point`` is the letter of the
    điểm that the question names."""
    shape = shape_of(question)
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    shown: set[tuple[str, int]] = set()
    whole = asks_for_all(question, meaning, candidates[0])
    for chosen in choose(candidates, meaning, shape, whole=whole):
        for hit, piece in _quoted(chosen, meaning, shape, point):
            place = hit.passage.id, piece.start
            if place in shown:  # a lead-in that the provision's first part has shown
                continue
            shown.add(place)
            if quote_stands(piece.text, hit.passage) and not speaks_to_machine(piece.text):
                citation = cite_piece(len(citations) + 1, hit, piece)
                sentences.append(Sentence(piece.text, (citation.n,)))
                citations.append(citation)
    return sentences, citations


def asks_for_all(question: str, meaning: Meaning, candidate: Candidate) -> bool:
    """Whether the heading of the candidate's Điều says what the question asks: then all its Khoản answer."""
    passage = candidate.hit.passage
    if not passage.article_eid or says_nothing(meaning.words) or not wants_all(shape_of(question)):
        return False
    asked = {word: weight for word, weight in meaning.words.items() if not says_nothing([word])}
    return Meaning(asked, {}).coverage(passage.heading) >= HEADING_ASKED


def choose(candidates: Sequence[Candidate], meaning: Meaning, shape: Shape, *, whole: bool = False) -> list[Chosen]:
    """The provisions to quote, in the order they are shown; the room for sentences is the shape's. ``whole``: the first
    Điều from end to end."""
    first, *others = _articles(candidates)
    further = sorted(others, key=lambda a: role_of(a[0].hit.passage.heading))
    least = shape.most // 2  # of what leads; a list that is asked for is no answer in part
    beside = least if shape.whole_lists and not whole else FURTHER_SENTENCES
    if whole:
        level = first[0].hit.passage.level
        clauses = sorted((c for c in first if c.hit.passage.level == level), key=lambda c: c.hit.passage.ordinal)
        chosen = [Chosen(c, max(LEAST_OF_CLAUSE, LONG // len(clauses))) for c in clauses[:LONG]]
    else:
        kept = _clauses(first, meaning, shape, MAX_ARTICLES if first[0].hit.exact else MOST_CLAUSES)
        chosen = [Chosen(kept[0], max(shape.most - FURTHER_SENTENCES * len(further), least))]
        chosen += [Chosen(c, beside) for c in kept[1:]]
    return chosen + [Chosen(_clauses(a, meaning, shape, 1)[0], beside) for a in further]


def _articles(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """The candidates of each Điều to cite. One that the question names stands alone."""
    groups: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.article, []).append(candidate)
    found = list(groups.values())
    best = found[0][0]
    if best.hit.exact:
        return [[c for c in group if c.hit.exact] for group in found if group[0].hit.exact][:MAX_ARTICLES]
    return [g for g in found if g[0].hit.score >= FURTHER_SHARE * best.hit.score][:MAX_ARTICLES]


def _clauses(group: Sequence[Candidate], meaning: Meaning, shape: Shape, most: int) -> list[Candidate]:
    """The Khoản of one Điều that fit best, best first. A question that only names the Điều gets it from its beginning."""
    exact = group[0].hit.exact
    if exact and says_nothing(meaning.words):
        return sorted(group, key=lambda c: c.hit.passage.ordinal)[:most]
    order = sorted(group, key=lambda c: c.hit.passage.ordinal if exact else c.hit.rank)
    fit = [_fit(c, meaning, shape) - INNER_STEP * place for place, c in enumerate(order)]
    ranked = sorted(range(len(order)), key=lambda i: (-fit[i], i))
    least = SECOND_SHARE * fit[ranked[0]]
    return [order[i] for at, i in enumerate(ranked[:most]) if not at or fit[i] >= least]


def _fit(candidate: Candidate, meaning: Meaning, shape: Shape) -> float:
    """How well a Khoản answers: all of it with its headings, and its best sentence with what leads into it. A long list
    holds every word somewhere; a rule holds them in one sentence."""
    passage = candidate.hit.passage
    sentences = split_sentences(passage.text)
    best = max((_score(s, meaning, shape) for s in sentences), default=0.0)
    return candidate.closeness + SENTENCE_SHARE * best - (NOTE_COST if passage.level == "note" else 0.0)


def _quoted(chosen: Chosen, meaning: Meaning, shape: Shape, point: str | None) -> list[tuple[Hit, TextSentence]]:
    """The sentences of a provision, behind the lead-in that stands in an earlier part of it."""
    hit = chosen.candidate.hit
    named = _point_sentences(hit.passage, point) if point and hit.exact else []
    pieces = named[: chosen.most] or _pieces(hit.passage, meaning, shape, chosen.most)
    lead = chosen.candidate.lead
    led = lead is not None and any(s.lead is None and POINT_LABEL.match(s.text) for s in pieces)
    return ([(lead.hit, lead.sentence)] if lead and led else []) + [(hit, piece) for piece in pieces]


def _point_sentences(passage: Passage, point: str) -> list[TextSentence]:
    """The lead-in, the điểm and what belongs to it up to the next one."""
    sentences = split_sentences(passage.text)
    at = next((i for i, s in enumerate(sentences) if s.text.startswith(f"{point})")), None)
    if at is None:
        return []
    lead = sentences[at].lead
    end = next((i for i in range(at + 1, len(sentences)) if POINT_LABEL.match(sentences[i].text)), len(sentences))
    return ([sentences[lead]] if lead is not None else []) + sentences[at:end]


def _pieces(passage: Passage, meaning: Meaning, shape: Shape, room: int) -> list[TextSentence]:
    sentences = split_sentences(passage.text)
    if len(passage.text) <= WHOLE_PROVISION_CHARACTERS and len(sentences) <= room:
        return sentences
    scores = [_score(s, meaning, shape) for s in sentences]
    picked: set[int] = set()
    for at in sorted(range(len(sentences)), key=lambda i: (-scores[i], i)):
        needed = {at} | ({lead} if (lead := sentences[at].lead) is not None else set())
        if len(picked | needed) > room or (picked and scores[at] < MIN_SHARE_OF_BEST * max(scores)):
            break
        picked |= needed
    return _with_points(sentences, picked, room, shape, scores)


def _with_points(
    sentences: list[TextSentence], picked: set[int], room: int, shape: Shape, scores: Sequence[float]
) -> list[TextSentence]:
    """A sentence that leads into a list is no answer without the list: its points follow while there is room, the best
    lead-in's first; all of them when a list is what was asked for, though one of them fits best. A lead-in for whose
    points there is no room is left out."""
    leads = {lead for i in picked if (lead := sentences[i].lead) is not None} if shape.whole_lists else set()
    points = {at: [i for i, s in enumerate(sentences) if s.lead == at] for at in range(len(sentences))}
    for at in sorted(picked | leads, key=lambda i: (-scores[i], i)):
        if points[at] and (shape.whole_lists or not picked & set(points[at])):
            new = [i for i in points[at] if i not in picked]
            picked |= set(new[: max(0, room - len(picked))])
    bare = {at for at in picked if points[at] and not picked & set(points[at])}
    return [sentences[i] for i in sorted(picked - bare or picked)]


def _score(sentence: TextSentence, meaning: Meaning, shape: Shape) -> float:
    return meaning.closeness(sentence.text) + (BONUS if fits(shape, unlabelled(sentence.text)) else 0.0)


def cite_piece(n: int, hit: Hit, piece: TextSentence) -> Citation:
    """The citation of one sentence of a hit, with the printed lines it covers."""
    lines = tuple(line for line in hit.passage.lines if line.start < piece.end and line.end > piece.start)
    page = lines[0].page if lines else 0
    return Citation(n, hit.citation, hit.passage, hit.document, piece.text, page, lines)


def merge_citations(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[list[Sentence], list[Citation]]:
    """One number a provision: sentences of the same passage share the citation that quotes them all."""
    merged: dict[str, Citation] = {}
    number: dict[int, int] = {}
    for citation in citations:
        known = merged.get(citation.passage.id)
        if known is None:
            known = replace(citation, n=len(merged) + 1)
        elif citation.quote not in known.quote:
            known = replace(
                known, quote=f"{known.quote}\n{citation.quote}", lines=_union(known.lines, citation.lines)
            )
        merged[citation.passage.id] = known
        number[citation.n] = known.n
    shared = [Sentence(s.text, tuple(dict.fromkeys(number[n] for n in s.citations))) for s in sentences]
    return shared, list(merged.values())


def _union(first: tuple[PassageLine, ...], second: tuple[PassageLine, ...]) -> tuple[PassageLine, ...]:
    return first + tuple(line for line in second if line not in first)
