"""Video and sound: one recording, wherever and however it is embedded."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["VIDEO"]

VIDEO = (
    Thing(
        "youtube:{video}",
        "video",
        "YouTube video",
        "https://www.youtube.com/watch?v={video}&list={list}",
        "youtube.com/watch?v={video}&list={list}",
        parent="youtube:list/{list}",
    ),
    Thing(
        "youtube:list/{list}",
        "playlist",
        "YouTube playlist",
        "https://www.youtube.com/playlist?list={list}",
        """
        youtube.com/playlist?list={list}
        youtube.com/embed/videoseries?list={list}
        """,
    ),
    Thing(
        "youtube:{video}",
        "video",
        "YouTube video",
        "https://www.youtube.com/watch?v={video}",
        """
        youtube.com/watch?v={video}
        youtube.com/watch/{video}
        youtube.com/shorts/{video}
        youtube.com/live/{video}
        youtube.com/embed/{video}
        youtube.com/v/{video}
        youtube.com/e/{video}
        youtu.be/{video}
        """,
    ),
    Thing(
        "youtube:@{user}",
        "profile",
        "YouTube channel",
        "https://www.youtube.com/@{user}",
        """
        youtube.com/@{user}
        youtube.com/@{user}/featured
        youtube.com/@{user}/videos
        """,
    ),
    Thing(
        "youtube:channel/{id}",
        "profile",
        "YouTube channel",
        "https://www.youtube.com/channel/{id}",
        """
        youtube.com/channel/{id}
        youtube.com/channel/{id}/featured
        youtube.com/channel/{id}/videos
        """,
    ),
    Thing("", "wrapper", "", "https://www.youtube.com{target}", "youtube.com/attribution_link?u={target}"),
    Thing(
        "bilibili:{bv}/{part}",
        "video",
        "part of a Bilibili video",
        "https://www.bilibili.com/video/{bv}?p={part}",
        """
        bilibili.com/video/{bv}?p={part}
        bilibili.com/video/{bv:av}?p={part}
        b23.tv/{bv}?p={part}
        player.bilibili.com/player.html?bvid={bv}&page={part}
        player.bilibili.com/player.html?bvid={bv}&p={part}
        """,
        parent="bilibili:{bv}",
    ),
    Thing(
        "bilibili:{bv}",
        "video",
        "Bilibili video",
        "https://www.bilibili.com/video/{bv}",
        """
        bilibili.com/video/{bv}
        bilibili.com/video/{bv:av}
        bilibili.com/s/video/{bv}
        bilibili.com/{bv}
        bilibili.com/{bv:av}
        b23.tv/{bv}
        b23.tv/{bv:av}
        player.bilibili.com/player.html?bvid={bv}
        player.bilibili.com/player.html?aid={bv:aid}
        """,
    ),
    Thing(
        "bilibili:cv{n}",
        "post",
        "Bilibili article",
        "https://www.bilibili.com/read/cv{n}",
        """
        bilibili.com/read/cv{n}
        bilibili.com/read/mobile/{n}
        bilibili.com/read/mobile?id={n}
        """,
    ),
    Thing(
        "bilibili:opus/{n}",
        "post",
        "Bilibili post",
        "https://www.bilibili.com/opus/{n}",
        """
        bilibili.com/opus/{n}
        t.bilibili.com/{n}
        bilibili.com/dynamic/{n}
        """,
    ),
    Thing(
        "bilibili:bangumi/{id}",
        "video",
        "Bilibili episode",
        "https://www.bilibili.com/bangumi/play/{id}",
        "bilibili.com/bangumi/play/{id}",
    ),
    Thing(
        "bilibili:live/{n}",
        "video",
        "Bilibili live room",
        "https://live.bilibili.com/{n}",
        """
        live.bilibili.com/{n}
        live.bilibili.com/h5/{n}
        """,
    ),
    Thing(
        "vimeo:{n}",
        "video",
        "Vimeo video",
        "https://vimeo.com/{n}",
        """
        vimeo.com/{n}
        vimeo.com/video/{n}
        vimeo.com/channels/{channel}/{n}
        vimeo.com/groups/{group}/videos/{n}
        vimeo.com/album/{album}/video/{n}
        vimeo.com/showcase/{album}/video/{n}
        vimeo.com/ondemand/{film}/{n}
        player.vimeo.com/video/{n}
        """,
    ),
    Thing("vimeo:{n}", "video", "Vimeo video", "https://vimeo.com/{n}/{hash}", "vimeo.com/{n}/{hash}"),
    Thing(
        "dailymotion:{id}",
        "video",
        "Dailymotion video",
        "https://www.dailymotion.com/video/{id}",
        """
        dailymotion.com/video/{id}
        dailymotion.com/embed/video/{id}
        dai.ly/{id}
        """,
    ),
    Thing(
        "twitch:{n}",
        "video",
        "Twitch video",
        "https://www.twitch.tv/videos/{n}",
        """
        twitch.tv/videos/{n}
        twitch.tv/{channel}/v/{n}
        twitch.tv/{channel}/video/{n}
        player.twitch.tv/?video={n}
        player.twitch.tv/?video=v{n}
        """,
    ),
    Thing(
        "twitch:clip/{slug}",
        "video",
        "Twitch clip",
        "https://clips.twitch.tv/{slug}",
        """
        clips.twitch.tv/{slug}
        twitch.tv/{channel}/clip/{slug}
        """,
    ),
    Thing(
        "ted:{slug}",
        "video",
        "TED talk",
        "https://www.ted.com/talks/{slug}",
        """
        ted.com/talks/{slug}
        ted.com/talks/{slug}/transcript
        ted.com/talks/lang/{lang}/{slug}
        embed.ted.com/talks/{slug}
        """,
    ),
    Thing(
        "loom:{id}",
        "video",
        "Loom video",
        "https://www.loom.com/share/{id}",
        """
        loom.com/share/{id}
        loom.com/embed/{id}
        """,
    ),
    Thing(
        "youku:{id}",
        "video",
        "Youku video",
        "https://v.youku.com/v_show/id_{id}.html",
        """
        v.youku.com/v_show/id_{id}.html
        player.youku.com/embed/{id}
        """,
    ),
    Thing(
        "qqvideo:{id}",
        "video",
        "Tencent video",
        "https://v.qq.com/x/page/{id}.html",
        """
        v.qq.com/x/page/{id}.html
        v.qq.com/page/{id}.html
        v.qq.com/txp/iframe/player.html?vid={id}
        v.qq.com/iframe/player.html?vid={id}
        """,
    ),
    Thing(
        "douyin:{n}",
        "video",
        "Douyin video",
        "https://www.douyin.com/video/{n}",
        """
        douyin.com/video/{n}
        douyin.com/share/video/{n}
        iesdouyin.com/share/video/{n}
        douyin.com/discover?modal_id={n}
        """,
    ),
    Thing(
        "tiktok:{n}",
        "video",
        "TikTok video",
        "",
        """
        tiktok.com/@{channel}/video/{n}
        tiktok.com/embed/{n}
        tiktok.com/embed/v2/{n}
        """,
    ),
    Thing(
        "xiaoyuzhou:{id}",
        "episode",
        "Xiaoyuzhou episode",
        "https://www.xiaoyuzhoufm.com/episode/{id}",
        "xiaoyuzhoufm.com/episode/{id}",
    ),
    Thing(
        "apple:podcast/{show}/{n}",
        "episode",
        "Apple podcast episode",
        "https://podcasts.apple.com/us/podcast/id{show}?i={n}",
        """
        podcasts.apple.com/{country}/podcast/{slug}/id{show}?i={n}
        podcasts.apple.com/{country}/podcast/id{show}?i={n}
        podcasts.apple.com/podcast/id{show}?i={n}
        itunes.apple.com/{country}/podcast/{slug}/id{show}?i={n}
        """,
        parent="apple:podcast/{show}",
    ),
    Thing(
        "apple:podcast/{show}",
        "podcast",
        "Apple podcast",
        "https://podcasts.apple.com/us/podcast/id{show}",
        """
        podcasts.apple.com/{country}/podcast/{slug}/id{show:n}
        podcasts.apple.com/{country}/podcast/id{show:n}
        podcasts.apple.com/podcast/id{show:n}
        podcasts.apple.com/podcast/{slug}/id{show:n}
        itunes.apple.com/{country}/podcast/{slug}/id{show:n}
        """,
    ),
    Thing(
        "spotify:{kind}/{id}",
        "episode",
        "Spotify item",
        "https://open.spotify.com/{kind}/{id}",
        """
        open.spotify.com/{kind:spotify}/{id}
        open.spotify.com/embed/{kind:spotify}/{id}
        open.spotify.com/embed-podcast/{kind:spotify}/{id}
        open.spotify.com/{intl:intl}/{kind:spotify}/{id}
        """,
    ),
)
