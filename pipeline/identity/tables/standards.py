"""Standards and proposals: RFCs, Internet-Drafts, PEPs."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["STANDARDS"]

STANDARDS = (
    Thing(
        "rfc:{rfc}",
        "standard",
        "RFC",
        "https://www.rfc-editor.org/rfc/rfc{rfc}",
        """
        rfc-editor.org/rfc/rfc{rfc}
        rfc-editor.org/rfc/rfc{rfc}{ext}
        rfc-editor.org/rfc/pdfrfc/rfc{rfc}{ext}
        rfc-editor.org/rfc/inline-errata/rfc{rfc}{ext}
        rfc-editor.org/info/rfc{rfc}
        datatracker.ietf.org/doc/rfc{rfc}/...
        datatracker.ietf.org/doc/html/rfc{rfc}
        datatracker.ietf.org/doc/pdf/rfc{rfc}
        tools.ietf.org/html/rfc{rfc}
        tools.ietf.org/pdf/rfc{rfc}{ext}
        tools.ietf.org/rfc/rfc{rfc}{ext}
        tools.ietf.org/doc/html/rfc{rfc}
        ietf.org/rfc/rfc{rfc}{ext}
        httpwg.org/specs/rfc{rfc}{ext}
        rfc.fyi/rfc{rfc}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "draft:{draft}",
        "standard",
        "Internet-Draft, any revision",
        "https://datatracker.ietf.org/doc/{draft}",
        """
        datatracker.ietf.org/doc/{draft}{revision}/...
        datatracker.ietf.org/doc/html/{draft}{revision}
        tools.ietf.org/html/{draft}{revision}
        ietf.org/archive/id/{draft}{revision}{ext}
        ietf.org/id/{draft}{revision}{ext}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "pep:{rfc}",
        "standard",
        "PEP",
        "https://peps.python.org/pep-{rfc}",
        """
        peps.python.org/pep-{rfc}
        peps.python.org/pep-{rfc}.html
        python.org/dev/peps/pep-{rfc}
        legacy.python.org/dev/peps/pep-{rfc}
        """,
        anchor="{fragment}",
    ),
)
