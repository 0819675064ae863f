"""Repositories of code and what is in them: GitHub, GitLab, Gitee, Codeberg and their like."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["CODE"]

_GITHUB = (
    Thing(
        "",
        "page",
        "",
        "",
        """
        github.com/{page:github_page}
        github.com/{page:github_page}/...
        """,
    ),
    Thing(
        "github:{owner}/{repo}",
        "repo",
        "GitHub repository",
        "https://github.com/{owner}/{repo}",
        """
        github.com/{owner}/{repo}
        github.com/{owner}/{repo}/{view}/{branch}
        github.com/{owner}/{repo}/{view}/{branch}/{readme}
        raw.githubusercontent.com/{owner}/{repo}/{branch}/{readme}
        api.github.com/repos/{owner}/{repo}
        """,
        parent="github:{owner}",
    ),
    Thing(
        "github:{owner}/{repo}/{file}",
        "file",
        "file or folder on GitHub, on its main branch",
        "https://github.com/{owner}/{repo}/blob/HEAD/{file}",
        """
        github.com/{owner}/{repo}/{view}/{branch}/{file}
        raw.githubusercontent.com/{owner}/{repo}/{branch}/{file}
        cdn.jsdelivr.net/gh/{owner}/{repo}@{branch}/{file}
        cdn.jsdelivr.net/gh/{owner}/{repo}/{file}
        colab.research.google.com/github/{owner}/{repo}/{view}/{branch}/{file}
        nbviewer.org/github/{owner}/{repo}/{view}/{branch}/{file}
        """,
        parent="github:{owner}/{repo}",
        anchor="{fragment}",
    ),
    Thing(
        "github:{owner}/{repo}#{n}",
        "issue",
        "GitHub issue, pull request or discussion",
        "https://github.com/{owner}/{repo}/issues/{n}",
        """
        github.com/{owner}/{repo}/issues/{n}
        github.com/{owner}/{repo}/pull/{n}/...
        github.com/{owner}/{repo}/discussions/{n}
        """,
        parent="github:{owner}/{repo}",
        anchor="{fragment}",
    ),
    Thing("", "wrapper", "", "https://github.com/golang/go/issues/{n}", "go.dev/issue/{n}"),
    Thing(
        "github:{owner}/{repo}@{sha}",
        "commit",
        "commit on GitHub",
        "https://github.com/{owner}/{repo}/commit/{sha}",
        """
        github.com/{owner}/{repo}/commit/{sha}
        github.com/{owner}/{repo}/commit/{sha}.patch
        github.com/{owner}/{repo}/commit/{sha}.diff
        """,
        parent="github:{owner}/{repo}",
        anchor="{fragment}",
    ),
    Thing(
        "github:{owner}/{repo}/releases/{tag}",
        "release",
        "GitHub release",
        "https://github.com/{owner}/{repo}/releases/tag/{tag}",
        """
        github.com/{owner}/{repo}/releases/tag/{tag}
        """,
        parent="github:{owner}/{repo}",
    ),
    Thing(
        "github:{owner}/{repo}/{rest}{query}",
        "page",
        "page of a GitHub repository",
        "https://github.com/{owner}/{repo}/{rest}{query}",
        """
        github.com/{owner}/{repo}/{rest}
        """,
        parent="github:{owner}/{repo}",
        anchor="{fragment}",
    ),
    Thing(
        "github:{owner}{query}",
        "profile",
        "GitHub account",
        "https://github.com/{owner}{query}",
        "github.com/{owner}",
    ),
    Thing(
        "gist:{hash}",
        "file",
        "gist",
        "https://gist.github.com/{hash}",
        """
        gist.github.com/{hash}
        gist.github.com/{hash}.js
        gist.github.com/{owner}/{hash}
        gist.github.com/{owner}/{hash}/...
        gist.githubusercontent.com/{owner}/{hash}/...
        """,
    ),
)

# GitLab stands on many hosts; groups nest, so that only what is behind `/-/` is surely not a part of the name.
_GITLAB = (
    Thing(
        "gitlab:{host}/{project}",
        "repo",
        "GitLab project",
        "https://{host}/{project}",
        """
        gitlab.*/{project}/-/{view}/{branch}
        gitlab.*/{project}/-/{view}/{branch}/{readme}
        gitlab.*/{project}/{view}/{branch}
        gitlab.*/{project}/{view}/{branch}/{readme}
        """,
    ),
    Thing(
        "gitlab:{host}/{project}/{file}",
        "file",
        "file or folder on GitLab, on its main branch",
        "https://{host}/{project}/-/blob/HEAD/{file}",
        """
        gitlab.*/{project}/-/{view}/{branch}/{file}
        gitlab.*/{project}/{view}/{branch}/{file}
        """,
        parent="gitlab:{host}/{project}",
        anchor="{fragment}",
    ),
    Thing(
        "gitlab:{host}/{project}/{part}/{n}",
        "issue",
        "GitLab issue or merge request",
        "https://{host}/{project}/-/{part}/{n}",
        """
        gitlab.*/{project}/-/{part:gitlab_part}/{n}/...
        gitlab.*/{project}/{part:gitlab_part}/{n}/...
        """,
        parent="gitlab:{host}/{project}",
        anchor="{fragment}",
    ),
    Thing(
        "gitlab:{host}/{project}/-/{rest}{query}",
        "page",
        "page of a GitLab project",
        "https://{host}/{project}/-/{rest}{query}",
        """
        gitlab.*/{project}/-/{rest}
        """,
        parent="gitlab:{host}/{project}",
        anchor="{fragment}",
    ),
    Thing(
        "gitlab:{host}/{project}",
        "repo",
        "GitLab project",
        "https://{host}/{project}",
        """
        gitlab.*/{project:gitlab_project}
        """,
    ),
)


def _forge(host: str, name: str) -> tuple[Thing, ...]:
    """The rows of a host that is built as GitHub is: a repository, its files, its issues, the rest, its owners."""
    repo = f"{host}:{{owner}}/{{repo}}"
    at = f"{host}/{{owner}}/{{repo}}"
    return (
        Thing(
            repo,
            "repo",
            f"{name} repository",
            f"https://{at}",
            f"""
            {at}
            {at}/{{view}}/{{branch}}
            {at}/{{view}}/{{branch}}/{{readme}}
            {at}/src/{{branch}}
            {at}/src/{{branch}}/{{readme}}
            {at}/src/branch/{{branch}}
            {at}/src/branch/{{branch}}/{{readme}}
            """,
        ),
        Thing(
            f"{repo}/{{file}}",
            "file",
            f"file or folder on {name}, on its main branch",
            "",
            f"""
            {at}/{{view}}/{{branch}}/{{file}}
            {at}/src/{{branch}}/{{file}}
            {at}/src/branch/{{branch}}/{{file}}
            {at}/raw/branch/{{branch}}/{{file}}
            """,
            parent=repo,
            anchor="{fragment}",
        ),
        Thing(
            f"{repo}/{{rest}}{{query}}",
            "page",
            f"page of a {name} repository",
            "",
            f"{at}/{{rest}}",
            repo,
            "{fragment}",
        ),
    )


_FORGES = (
    *_forge("gitee.com", "Gitee"),
    *_forge("codeberg.org", "Codeberg"),
    *_forge("bitbucket.org", "Bitbucket"),
    *_forge("git.sr.ht", "SourceHut"),
    *_forge("gitcode.com", "GitCode"),
    *_forge("notabug.org", "NotABug"),
)


CODE = (*_GITHUB, *_GITLAB, *_FORGES)
