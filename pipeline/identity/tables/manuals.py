"""Manuals that stand online once for each version: every version a page of its own, all of them with one parent."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["MANUALS"]

# `{edition}` is a number or a word such as `stable`.
_VERSIONED = """
    docs.python.org/{edition}
    docs.djangoproject.com/en/{edition}
    pytorch.org/docs/{edition}
    pytorch.org/vision/{edition}
    numpy.org/doc/{edition}
    pandas.pydata.org/docs/{edition}
    pandas.pydata.org/pandas-docs/{edition}
    scikit-learn.org/{edition}
    matplotlib.org/{edition}
    docs.scipy.org/doc/{edition}
    docs.rs/{crate:module}/{edition}
    postgresql.org/docs/{edition}
    dev.mysql.com/doc/refman/{edition}
    laravel.com/docs/{edition}
    guides.rubyonrails.org/{edition}
    docs.gradle.org/{edition}
    spark.apache.org/docs/{edition}
    docs.ansible.com/ansible/{edition}
    doc.rust-lang.org/{edition}
    elastic.co/guide/en/{product}/{book}/{edition}
    huggingface.co/docs/{product}/{edition}
    docs.nvidia.com/cuda/archive/{edition}
    nodejs.org/docs/{edition}
    {project}.readthedocs.io/{lang}/{edition}
""".split()

_SAME = (
    # the address that leads on                  where it leads
    ("doc.rust-lang.org/stable/{rest}", "https://doc.rust-lang.org/{rest}"),
    ("docs.rs/{crate}/*", "https://docs.rs/{crate}"),
    ("docs.rs/{crate}/*/{rest}", "https://docs.rs/{crate}/latest/{rest}"),
    ("docs.rs/crate/{crate}", "https://crates.io/crates/{crate}"),
    ("docs.rs/crate/{crate}/latest", "https://crates.io/crates/{crate}"),
)


def _manual(at: str) -> Thing:
    """The row of a manual: the page within one version, with the page of no version as its parent."""
    base, _, behind = at.partition("/{edition}")
    plain = f"docs:{base.replace(':module', '')}{behind}"
    return Thing(
        f"{plain}@{{edition}}/{{rest}}{{query}}",
        "page",
        "page of a manual, in one version",
        "",
        f"{at}{{rest:nothing}}/{{index}} {at}/{{rest}}/{{index}} {at}/{{rest}} {at}{{rest:nothing}}",
        parent=f"{plain}/{{rest}}",
        anchor="{fragment}",
    )


_CRATE = (
    Thing(
        "docs:docs.rs/{crate}/{rest}",
        "page",
        "page of a crate's manual",
        "",
        """
        docs.rs/{crate:module}/latest{rest:nothing}/{index}
        docs.rs/{crate:module}/latest/{rest}/{index}
        docs.rs/{crate:module}/latest/{rest}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "docs:docs.rs/{crate}/{crate}",
        "package",
        "crate's manual",
        "",
        "docs.rs/{crate:module} docs.rs/{crate:module}/latest",
    ),
)
"""docs.rs leads from a crate's name, and from no version, to the newest one."""

MANUALS = (
    *(Thing("", "wrapper", "", url, form) for form, url in _SAME),
    *_CRATE,
    *(_manual(at) for at in _VERSIONED),
)
