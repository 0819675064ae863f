"""Encyclopedias, manuals, shops, documents: pages that stand for one thing whatever stands around them."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["REFERENCE"]


def _wiki(name: str) -> Thing:
    """The row of one of Wikimedia's wikis; languages are articles of their own, written variants of Chinese are not."""
    host = f"{{language:wiki_language}}.{name}.org"
    phone = f"{{language:wiki_language}}.m.{name}.org"
    return Thing(
        f"{name}:{{language}}/{{title}}",
        "page",
        f"{name} article",
        f"https://{{language}}.{name}.org/wiki/{{title}}",
        "\n".join(
            f"""
            {at}/wiki/{{title}}
            {at}/{{variant:wiki_variant}}/{{title}}
            {at}/w/index.php?title={{title}}
            """
            for at in (host, phone)
        ),
    )


REFERENCE = (
    _wiki("wikipedia"),
    _wiki("wiktionary"),
    _wiki("wikibooks"),
    _wiki("wikisource"),
    Thing(
        "wikipedia:{language}/{title}",
        "page",
        "wikipedia article",
        "https://{language}.wikipedia.org/wiki/{title}",
        """
        wikiwand.com/{language:wiki_language}/articles/{title}
        wikiwand.com/{language:wiki_language}/{title}
        """,
    ),
    Thing(
        "mdn:{rest}",
        "page",
        "MDN page, any language",
        "https://developer.mozilla.org/docs/{rest}",
        """
        developer.mozilla.org/docs/{rest:lower}
        developer.mozilla.org/{lang}/docs/{rest:lower}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "microsoft:{rest}{query}",
        "page",
        "page of Microsoft Learn, any language",
        "https://learn.microsoft.com/{rest}{query}",
        """
        learn.microsoft.com/{locale:locale}/{rest:lower}
        docs.microsoft.com/{locale:locale}/{rest:lower}
        learn.microsoft.com/{rest:lower}
        docs.microsoft.com/{rest:lower}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "amazon:{asin}",
        "product",
        "Amazon product",
        "",
        """
        amazon.*/dp/{asin}/...
        amazon.*/{slug}/dp/{asin}/...
        amazon.*/gp/product/{asin}/...
        amazon.*/gp/aw/d/{asin}/...
        amazon.*/o/ASIN/{asin}/...
        amazon.*/exec/obidos/ASIN/{asin}/...
        amazon.*/exec/obidos/tg/detail/-/{asin}/...
        amazon.*/product/{asin}
        """,
    ),
    Thing(
        "goodreads:{n}",
        "product",
        "book on Goodreads",
        "https://www.goodreads.com/book/show/{n}",
        """
        goodreads.com/book/show/{n}
        goodreads.com/book/show/{n}{slug:book_slug}
        goodreads.com/{lang}/book/show/{n}
        goodreads.com/{lang}/book/show/{n}{slug:book_slug}
        """,
    ),
    Thing(
        "imdb:{id}",
        "product",
        "IMDb title",
        "https://www.imdb.com/title/{id}",
        """
        imdb.com/title/{id:imdb}
        imdb.com/title/{id:imdb}/reference
        imdb.com/{lang}/title/{id:imdb}
        """,
    ),
    Thing(
        "googlebooks:{id}",
        "product",
        "book at Google",
        "https://books.google.com/books?id={id}",
        """
        books.google.com/books?id={id}
        google.com/books/edition/{slug}/{id}
        """,
    ),
    Thing(
        "oreilly:{isbn}",
        "product",
        "book at O'Reilly",
        "https://www.oreilly.com/library/view/-/{isbn}",
        """
        oreilly.com/library/view/{slug}/{isbn}
        learning.oreilly.com/library/view/{slug}/{isbn}
        safaribooksonline.com/library/view/{slug}/{isbn}
        """,
    ),
    Thing(
        "gdrive:{id}",
        "document",
        "Google document or file",
        "https://drive.google.com/open?id={id}",
        """
        drive.google.com/open?id={id:drive_id}
        drive.google.com/uc?id={id:drive_id}
        drive.google.com/file/d/{id:drive_id}/...
        drive.google.com/file/u/{account:n}/d/{id:drive_id}/...
        drive.google.com/drive/folders/{id:drive_id}
        drive.google.com/drive/u/{account:n}/folders/{id:drive_id}
        drive.google.com/drive/mobile/folders/{id:drive_id}
        drive.google.com/folderview?id={id:drive_id}
        drive.usercontent.google.com/download?id={id:drive_id}
        docs.google.com/uc?id={id:drive_id}
        docs.google.com/file/d/{id:drive_id}/...
        docs.google.com/{kind:drive_kind}/d/{id:drive_id}/...
        docs.google.com/{kind:drive_kind}/u/{account:n}/d/{id:drive_id}/...
        docs.google.com/open?id={id:drive_id}
        colab.research.google.com/drive/{id:drive_id}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "gforms:{id}",
        "document",
        "Google form",
        "https://docs.google.com/forms/d/e/{id}/viewform",
        "docs.google.com/{kind:drive_kind}/d/e/{id}/...",
    ),
    Thing(
        "scholar:{id}",
        "profile",
        "Google Scholar profile",
        "https://scholar.google.com/citations?user={id}",
        "scholar.google.com/citations?user={id}",
    ),
    Thing(
        "groups:{group}/{thread}",
        "discussion",
        "thread on Google Groups",
        "https://groups.google.com/g/{group}/c/{thread}",
        """
        groups.google.com/g/{group}/c/{thread}
        groups.google.com/g/{group}/c/{thread}/m/{message}
        groups.google.com/d/topic/{group}/{thread}
        groups.google.com/d/topic/{group}/{thread}/discussion
        groups.google.com/forum/!topic/{group}/{thread}
        groups.google.com/forum/!msg/{group}/{thread}/...
        """,
    ),
    Thing(
        "notion:{id}",
        "document",
        "Notion page",
        "https://www.notion.so/{id}",
        """
        notion.so/?p={id:notion}
        notion.so/{id:notion}
        notion.so/{workspace}/{id:notion}
        {workspace}.notion.site/{id:notion}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "figma:{id}",
        "document",
        "Figma file",
        "https://www.figma.com/design/{id}",
        """
        figma.com/file/{id}/...
        figma.com/design/{id}/...
        """,
    ),
    Thing(
        "codepen:{user}/{id}",
        "page",
        "pen on CodePen",
        "https://codepen.io/{user}/pen/{id}",
        "codepen.io/{user}/{view:pen}/{id}",
    ),
    Thing(
        "codesandbox:{id}",
        "page",
        "sandbox on CodeSandbox",
        "https://codesandbox.io/s/{id}",
        """
        codesandbox.io/s/{id}
        codesandbox.io/embed/{id}
        """,
    ),
    Thing(
        "wwdc:{year}/{n}",
        "video",
        "WWDC session",
        "https://developer.apple.com/videos/play/wwdc{year}/{n}",
        """
        developer.apple.com/videos/play/wwdc{year}/{n}
        developer.apple.com/{country}/videos/play/wwdc{year}/{n}
        developer.apple.com/wwdc{year:short_year}/{n}
        """,
    ),
    Thing(
        "debian:#{n}",
        "issue",
        "Debian bug",
        "https://bugs.debian.org/{n}",
        """
        bugs.debian.org/{n}
        bugs.debian.org/cgi-bin/bugreport.cgi?bug={n}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "crbug:{n}",
        "issue",
        "Chromium bug",
        "https://crbug.com/{n}",
        """
        crbug.com/{n}
        bugs.chromium.org/p/chromium/issues/detail?id={n}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "kickstarter:{creator}/{slug}",
        "page",
        "Kickstarter project",
        "https://www.kickstarter.com/projects/{creator}/{slug}",
        "kickstarter.com/projects/{creator}/{slug}",
    ),
)
