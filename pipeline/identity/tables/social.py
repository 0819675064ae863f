"""Posts, threads and discussions: the item is what counts, not the network's mirror or the slug behind it."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["SOCIAL"]

_EXCHANGES = """
    stackoverflow.com superuser.com serverfault.com askubuntu.com mathoverflow.net stackapps.com
    {site}.stackexchange.com {site}.stackoverflow.com
""".split()
_DISCOURSES = """
    discourse.* discuss.* forum.* forums.* community.* talk.* users.rust-lang.org internals.rust-lang.org
""".split()

SOCIAL = (
    Thing(
        "discourse:{host}/{n}/{post}",
        "discussion",
        "post on Discourse",
        "https://{host}/t/{slug}/{n}/{post}",
        "\n".join(f"{at}/t/{{slug}}/{{n}}/{{post:n}}" for at in _DISCOURSES),
        parent="discourse:{host}/{n}",
    ),
    Thing(
        "discourse:{host}/{n}",
        "discussion",
        "topic on Discourse",
        "https://{host}/t/{n}",
        "\n".join(f"{at}/t/{{slug}}/{{n}}\n{at}/t/{{n}}" for at in _DISCOURSES),
    ),
    Thing("", "page", "", "", "x.com/{page:x_page}\nx.com/{page:x_page}/..."),
    Thing(
        "x:{status}",
        "post",
        "post on X",
        "https://x.com/i/status/{status}",
        """
        x.com/i/status/{status}
        x.com/i/web/status/{status}
        x.com/statuses/{status}
        threadreaderapp.com/thread/{status}
        threadreaderapp.com/thread/{status}.html
        """,
    ),
    Thing(
        "x:{status}",
        "post",
        "post on X",
        "https://x.com/{user}/status/{status}",
        """
        x.com/{user}/status/{status}/...
        x.com/{user}/statuses/{status}/...
        nitter.*/{user}/status/{status}/...
        """,
        parent="x:@{user}",
    ),
    Thing("x:@{user}", "profile", "account on X", "https://x.com/{user}", "x.com/{user}"),
    Thing(
        "bluesky:{user}/{post}",
        "post",
        "post on Bluesky",
        "https://bsky.app/profile/{user}/post/{post}",
        """
        bsky.app/profile/{user:name}/post/{post}/...
        fxbsky.app/profile/{user:name}/post/{post}
        deer.social/profile/{user:name}/post/{post}
        """,
    ),
    Thing(
        "{host}/@{user}/{status}",
        "post",
        "Mastodon post",
        "https://{host}/@{user}/{status}",
        """
        */@{user:local_user}/{status:snowflake}
        */web/@{user:local_user}/{status:snowflake}
        */users/{user:local_user}/statuses/{status:snowflake}
        """,
    ),
    Thing(
        "{host}/@{user}/{status}",
        "post",
        "Mastodon post",
        "https://{host}/@{user}/{status}",
        "elk.zone/{host}/@{user:local_user}/{status:snowflake}",
    ),
    Thing(
        "linkedin:{n}",
        "post",
        "LinkedIn post",
        "https://www.linkedin.com/feed/update/urn:li:activity:{n}",
        """
        linkedin.com/feed/update/urn:li:activity:{n}
        linkedin.com/embed/feed/update/urn:li:activity:{n}
        linkedin.com/posts/{slug}-activity-{n}-{code}
        linkedin.com/posts/{slug}-activity-{n}
        """,
    ),
    Thing(
        "linkedin:pulse/{slug}",
        "post",
        "LinkedIn article",
        "https://www.linkedin.com/pulse/{slug}",
        "linkedin.com/pulse/{slug}",
    ),
    Thing(
        "linkedin:in/{user}",
        "profile",
        "LinkedIn profile",
        "https://www.linkedin.com/in/{user}",
        "linkedin.com/in/{user:name}",
    ),
    Thing(
        "threads:{post}",
        "post",
        "post on Threads",
        "https://www.threads.com/t/{post}",
        """
        threads.com/t/{post}
        threads.com/@{user}/post/{post}
        threads.net/t/{post}
        threads.net/@{user}/post/{post}
        """,
    ),
    Thing(
        "instagram:{post}",
        "post",
        "Instagram post",
        "https://www.instagram.com/p/{post}",
        """
        instagram.com/p/{post}/...
        instagram.com/reel/{post}/...
        instagram.com/reels/{post}
        instagram.com/tv/{post}
        instagram.com/{user}/p/{post}
        instagram.com/{user}/reel/{post}
        """,
    ),
    Thing(
        "telegram:{channel}/{n}",
        "post",
        "Telegram post",
        "https://t.me/{channel}/{n}",
        """
        t.me/{channel:name}/{n}
        t.me/s/{channel:name}/{n}
        telegram.me/{channel:name}/{n}
        """,
    ),
    Thing(
        "telegram:{channel}",
        "profile",
        "Telegram channel",
        "https://t.me/{channel}",
        """
        t.me/{channel:user}
        t.me/s/{channel:user}
        telegram.me/{channel:user}
        """,
    ),
    Thing(
        "hn:{n}",
        "discussion",
        "Hacker News item",
        "https://news.ycombinator.com/item?id={n}",
        """
        news.ycombinator.com/item?id={n}
        news.ycombinator.com/reply?id={n}
        hckrnews.com/item?id={n}
        hn.algolia.com/api/v1/items/{n}
        hackerweb.app/item/{n}
        """,
    ),
    Thing(
        "lobsters:{id}",
        "discussion",
        "Lobsters story",
        "https://lobste.rs/s/{id}",
        """
        lobste.rs/s/{id}
        lobste.rs/s/{id}/...
        """,
    ),
    Thing(
        "reddit:{id}/{comment}",
        "discussion",
        "Reddit comment",
        "https://www.reddit.com/comments/{id}/_/{comment}",
        """
        reddit.com/r/{sub}/comments/{id:thread}/{slug}/{comment:name}
        reddit.com/comments/{id:thread}/{slug}/{comment:name}
        reddit.com/r/{sub}/comments/{id:thread}/comment/{comment:name}
        """,
        parent="reddit:{id}",
    ),
    Thing(
        "reddit:{id}",
        "discussion",
        "Reddit thread",
        "https://www.reddit.com/comments/{id}",
        """
        reddit.com/r/{sub}/comments/{id:thread}/...
        reddit.com/u/{sub}/comments/{id:thread}/...
        reddit.com/user/{sub}/comments/{id:thread}/...
        reddit.com/comments/{id:thread}/...
        reddit.com/gallery/{id:thread}
        reddit.com/tb/{id:thread}
        reddit.com/{id:reddit_id}
        redd.it/{id:thread}
        """,
    ),
    Thing("reddit:r/{sub}", "site", "subreddit", "https://www.reddit.com/r/{sub}", "reddit.com/r/{sub:name}"),
    Thing(
        "{host}/a/{n}",
        "answer",
        "answer on Stack Exchange",
        "https://{host}/a/{n}",
        "\n".join(f"{at}/a/{{n}}/...\n{at}/questions/{{question:n}}/{{slug}}/{{n}}" for at in _EXCHANGES),
    ),
    Thing(
        "{host}/q/{n}",
        "question",
        "question on Stack Exchange",
        "https://{host}/questions/{n}",
        "\n".join(f"{at}/q/{{n}}/...\n{at}/questions/{{n}}/..." for at in _EXCHANGES),
    ),
    # Medium ends each address with the number of the post, on its own host and on those of its publications.
    Thing(
        "medium:{medium}",
        "post",
        "Medium post",
        "",
        """
        medium.com/p/{medium}
        medium.com/{author}/{medium}
        {author}.medium.com/{medium}
        scribe.rip/{medium}
        scribe.rip/{author}/{medium}
        */{medium:medium_slug}
        """,
    ),
    Thing("", "wrapper", "", "{target}", "medium.com/m/global-identity?redirectUrl={target}"),
    Thing("", "wrapper", "", "{target}", "medium.com/m/global-identity-2?redirectUrl={target}"),
    Thing(
        "substack:{pub}/{slug}",
        "post",
        "Substack post",
        "https://{pub}.substack.com/p/{slug}",
        """
        open.substack.com/pub/{pub:label}/p/{slug}
        {pub}.substack.com/p/{slug}
        {pub}.substack.com/p/{slug}/comments
        """,
    ),
    Thing(
        "lwn:{n}",
        "post",
        "LWN article",
        "https://lwn.net/Articles/{n}",
        """
        lwn.net/Articles/{n}
        lwn.net/SubscriberLink/{n}/...
        """,
        anchor="{fragment}",
    ),
    Thing(
        "lore:{message}",
        "message",
        "message on the kernel's lists",
        "https://lore.kernel.org/r/{message}",
        """
        lore.kernel.org/{list}/{message:message_id}/...
        lkml.kernel.org/r/{message:message_id}/...
        lkml.kernel.org/{list}/{message:message_id}/...
        """,
    ),
    Thing(
        "producthunt:{slug}",
        "page",
        "Product Hunt launch",
        "https://www.producthunt.com/posts/{slug}",
        "producthunt.com/posts/{slug}",
    ),
)
