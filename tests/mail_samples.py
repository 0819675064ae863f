"""An issue in Chinese and English with all that an email can carry, and the context that renders it."""

import datetime
from dataclasses import replace
from pathlib import Path

from pipeline.model import Author, EmailSettings, Entry, Issue, Link, Markdown, Publication, Section, Url
from pipeline.project import labels
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels, catalogues
from pipeline.render.mailing import mailing
from pipeline.render.templates import Templates

SETTINGS = EmailSettings(
    sender="机器学习周报 <news@example.org>",
    reply_to="editor@example.org",
    postal_address="某某编辑部\n北京市海淀区 1 号 <2 楼>",
    unsubscribe_url="https://news.example.org/unsubscribe",
)
PUBLICATION = Publication(
    title="机器学习周报",
    url=Url("https://news.example.org"),
    id="news.example.org",
    language="zh-CN",
    author=Author(name="Ann", email="ann@example.org"),
    email=SETTINGS,
)
WHISPER = Entry(
    title="whisper",
    url=Url("https://github.com/openai/whisper"),
    links=(Link(title="论文", url=Url("https://arxiv.org/abs/2212.04356")),),
    note=Markdown(
        "* 用 `pip install` 安装\n* 见[说明](https://example.net/a?b=1&c=2)和 https://example.net/bare\n\n"
        "```\na = {}\n```"
    ),
    author="OpenAI",
    published="2022-09-21",
    tags=("asr", "speech"),
    via=Markdown("[@someone](https://someone.example)"),
    slug="whisper",
    entries=(
        Entry(
            title="whisper.cpp",
            url=Url("https://github.com/ggerganov/whisper.cpp"),
            note=Markdown("C++ 实现"),
            slug="cpp",
        ),
    ),
)
PLAIN = Entry(
    title="How to Train Really Large Models on Many GPUs?", url=Url("https://lilianweng.github.io/posts/"), slug="how"
)
PAID = Entry(title="Fast GPUs", url=Url("https://ads.example/"), sponsored=True, slug="gpus")
ISSUE = Issue(
    date=datetime.date(2023, 3, 4),
    name="2023-03-04",
    title="大模型 & friends：第二期 🎉",
    number=2,
    intro=Markdown("本期有**三**节。"),
    sections=(
        Section(title="语音", slug="语音", text=Markdown("先听。"), entries=(WHISPER,)),
        Section(title="Training", slug="training", entries=(PLAIN, PAID)),
        Section(title="空", slug="空"),
    ),
)


def context(*issues: Issue, publication: Publication = PUBLICATION, templates: Path | None = None) -> RenderContext:
    """The context of some issues; `templates` is the author's own folder."""
    folders = [*([templates] if templates else []), DEFAULTS]
    return RenderContext(
        publication=publication,
        archive=issues,
        issues=issues,
        templates=Templates(folders),
        labels=Labels(language=publication.language, words=labels(folders, catalogues(publication.language))),
        root=Path(),
    )


def made(
    issue: Issue = ISSUE, *, publication: Publication = PUBLICATION, templates: Path | None = None
) -> dict[str, bytes]:
    """The bytes of the three editions by the names of their files."""
    artifacts = mailing(context(issue, publication=publication, templates=templates))
    return {
        artifact.path.rpartition("/")[2]: artifact.content
        for artifact in artifacts
        if not isinstance(artifact.content, Path)
    }


def with_settings(**settings: str) -> Publication:
    """The publication with other email settings."""
    return replace(PUBLICATION, email=replace(SETTINGS, **settings))


def with_entries(*entries: Entry) -> Issue:
    """The issue with one section of some entries."""
    return replace(ISSUE, sections=(Section(title="语音", slug="语音", entries=entries),))
