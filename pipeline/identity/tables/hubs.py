"""Models, datasets and their like: Hugging Face, ModelScope, Kaggle."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["HUBS"]


def _hub(prefix: str, kind: str, name: str, *bases: str) -> tuple[Thing, ...]:
    """The rows of one kind of repository on a hub of models: itself, its files, the rest."""
    key, at = f"{prefix}{{owner}}/{{repo}}", [f"{base}/{{owner}}/{{repo}}" for base in bases]
    return (
        Thing(
            key,
            kind,
            name,
            f"https://{at[0]}",
            "\n".join(
                f"""
                {here}
                {here}/tree/{{branch}}
                {here}/{{view:hub_view}}/{{branch}}/{{readme}}
                {here}/summary
                {here}/files
                {here}/viewer/...
                """
                for here in at
            ),
        ),
        Thing(
            f"{key}/{{file}}",
            "file",
            f"file of a {name}",
            "",
            "\n".join(f"{here}/{{view:hub_view}}/{{branch}}/{{file}}" for here in at),
            key,
            "{fragment}",
        ),
        Thing(
            f"{key}/{{rest}}{{query}}",
            "page",
            f"page of a {name}",
            "",
            "\n".join(f"{here}/{{rest}}" for here in at),
            key,
            "{fragment}",
        ),
    )


HUBS = (
    *_hub("hf:datasets/", "dataset", "Hugging Face dataset", "huggingface.co/datasets"),
    *_hub("hf:spaces/", "app", "Hugging Face space", "huggingface.co/spaces"),
    Thing(
        "",
        "page",
        "",
        "",
        """
        huggingface.co/{page:hub_page}
        huggingface.co/{page:hub_page}/...
        """,
    ),
    *_hub("hf:", "model", "Hugging Face model", "huggingface.co"),
    *_hub("modelscope:datasets/", "dataset", "ModelScope dataset", "modelscope.cn/datasets"),
    *_hub("modelscope:studios/", "app", "ModelScope studio", "modelscope.cn/studios"),
    *_hub("modelscope:", "model", "ModelScope model", "modelscope.cn/models"),
    Thing(
        "kaggle:{slug}",
        "page",
        "Kaggle competition",
        "https://www.kaggle.com/competitions/{slug}",
        """
        kaggle.com/competitions/{slug}
        kaggle.com/competitions/{slug}/overview
        kaggle.com/c/{slug}
        kaggle.com/c/{slug}/overview
        """,
    ),
)
