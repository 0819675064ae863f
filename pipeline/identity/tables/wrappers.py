"""Addresses that only carry another one: redirects of networks, archives, caches, readers, proxies."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["HOSTS", "SCHEMES", "WRAPPERS"]

_REDIRECTS = """
    link.zhihu.com/?target={target}
    link.juejin.cn/?target={target}
    link.juejin.im/?target={target}
    link.csdn.net/?target={target}
    link.segmentfault.com/?url={target}
    link.jianshu.com/?t={target}
    jianshu.com/go-wild?url={target}
    links.jianshu.com/go?to={target}
    xie.infoq.cn/link?target={target}
    infoq.cn/link?target={target}
    sspai.com/link?target={target}
    gitee.com/link?target={target}
    oschina.net/action/GoToLink?url={target}
    douban.com/link2?url={target}
    cloud.tencent.com/developer/tools/blog-entry?target={target}
    weibo.cn/sinaurl?u={target}
    weibo.cn/sinaurl?toasturl={target}
    c.pc.qq.com/middlem.html?pfurl={target}
    c.pc.qq.com/pc.html?url={target}
    mp.weixinbridge.com/mp/wapredirect?url={target}
    google.*/url?q={target}
    google.*/url?url={target}
    news.url.google.com/url?q={target}
    l.facebook.com/l.php?u={target}
    lm.facebook.com/l.php?u={target}
    facebook.com/l.php?u={target}
    l.instagram.com/?u={target}
    l.threads.com/?u={target}
    out.reddit.com/{rest}?url={target}
    youtube.com/redirect?q={target}
    steamcommunity.com/linkfilter?url={target}
    steamcommunity.com/linkfilter?u={target}
    slack-redir.net/link?url={target}
    t.umblr.com/redirect?z={target}
    vk.com/away.php?to={target}
    linkedin.com/redir/redirect?url={target}
    linkedin.com/safety/go?url={target}
    medium.com/r?url={target}
    disq.us/url?url={target}
    duckduckgo.com/l?uddg={target}
    exit.sc/?url={target}
    getpocket.com/redirect?url={target}
    {region}.safelinks.protection.outlook.com/?url={target}
    translate.google.com/translate?u={target}
    translate.google.com/website?u={target}
    webcache.googleusercontent.com/search?q=cache:{target}
    instapaper.com/text?u={target}
"""
"""The parameter holds the address, escaped."""

_PATHS = """
    web.archive.org/web/{when}/{target}
    web.archive.org/save/{target}
    archive.org/wayback/{when}/{target}
    archive.ph/{when:archive_time}/{target}
    archive.today/{when:archive_time}/{target}
    archive.is/{when:archive_time}/{target}
    google.*/amp/s/{target}
    google.*/amp/{target}
    {site}.cdn.ampproject.org/c/s/{target}
    {site}.cdn.ampproject.org/c/{target}
    {site}.cdn.ampproject.org/v/s/{target}
    {site}.bing-amp.com/c/s/{target}
    cdn.ampproject.org/c/s/{target}
    cdn.ampproject.org/v/s/{target}
    12ft.io/{target:whole}
    12ft.io/proxy?q={target}
    r.jina.ai/{target:whole}
    freedium.cfd/{target:whole}
    freedium-mirror.cfd/{target:whole}
    readmedium.com/{target:whole}
    ghproxy.com/{target:whole}
    mirror.ghproxy.com/{target:whole}
    gh-proxy.com/{target:whole}
    ghproxy.net/{target:whole}
    outline.com/{target:whole}
    gitclone.com/{target}
    urldefense.com/v3/__{target}__{seal}
"""
"""The address stands in the path."""

WRAPPERS = (
    Thing("", "wrapper", "", "{target}", _REDIRECTS),
    Thing("", "wrapper", "", "{target}{query}", _PATHS),
    Thing("", "wrapper", "", "https://{dashed}/{rest}{query}", "{dashed}.translate.goog/{rest}"),
)

HOSTS = {
    other: host
    for host, others in {
        "arxiv.org": """
            export.arxiv.org browse.arxiv.org cn.arxiv.org xxx.lanl.gov lanl.arxiv.org ar5iv.org ar5iv.labs.arxiv.org
            alphaxiv.org arxiv.alphaxiv.org
        """,
        "doi.org": "dx.doi.org dx.medra.org doi.acm.org",
        "aclanthology.org": "aclweb.org aclanthology.info aclanthology.coli.uni-saarland.de",
        "papers.nips.cc": "proceedings.neurips.cc papers.neurips.cc nips.cc neurips.cc",
        "jmlr.org": "jmlr.csail.mit.edu",
        "github.com": """
            kgithub.com kkgithub.com bgithub.xyz hub.fastgit.org hub.fastgit.xyz github.com.cnpmjs.org hub.nuaa.cf
            github.wuyanzheshui.workers.dev hub.yzuu.cf github1s.com github.dev githubfast.com gitingest.com uithub.com
        """,
        "raw.githubusercontent.com": """
            raw.github.com raw.kgithub.com raw.fastgit.org raw.gitmirror.com raw.kkgithub.com
        """,
        "gist.githubusercontent.com": "gist.github.com.cnpmjs.org",
        "nbviewer.org": "nbviewer.jupyter.org nbviewer.ipython.org",
        "huggingface.co": "hf.co hf-mirror.com huggingface.com",
        "modelscope.cn": "community.modelscope.cn modelscope.ai",
        "youtube.com": "youtube-nocookie.com music.youtube.com gaming.youtube.com yewtu.be piped.video inv.nadeko.net",
        "b23.tv": "acg.tv",
        "x.com": """
            twitter.com mobile.twitter.com mobile.x.com nitter.net xcancel.com nitter.poast.org nitter.it nitter.cz
            nitter.privacydev.net nitter.1d4.us nitter.unixfox.eu nitter.space vxtwitter.com fxtwitter.com fixupx.com
            fixvx.com twittpr.com api.vxtwitter.com api.fxtwitter.com
        """,
        "reddit.com": """
            old.reddit.com new.reddit.com np.reddit.com i.reddit.com amp.reddit.com sh.reddit.com pay.reddit.com
            teddit.net libreddit.spike.codes
        """,
        "news.ycombinator.com": "hackerne.ws",
        "juejin.cn": "juejin.im",
        "kexue.fm": "spaces.ac.cn",
        "leetcode.cn": "leetcode-cn.com",
        "amazon.com": "smile.amazon.com",
        "blog.research.google": "ai.googleblog.com",
        "pytorch.org": "docs.pytorch.org",
        "nytimes.com": "mobile.nytimes.com",
        "theguardian.com": "amp.theguardian.com",
        "cnn.com": "amp.cnn.com edition.cnn.com",
        "developer.android.com": "developer.android.google.cn",
        "developers.google.com": "developers.google.cn",
        "tensorflow.org": "tensorflow.google.cn",
        "go.dev": "golang.org golang.google.cn",
        "flutter.dev": "flutter.io",
        "learning.oreilly.com": "safaribooksonline.com my.safaribooksonline.com",
        "drive.google.com": "drive.google.cn",
        "hackage.haskell.org": "hackage.org",
        "pkg.go.dev": "godoc.org",
        "dart.dev": "dartlang.org",
    }.items()
    for other in others.split()
}
"""Hosts that hold the same paths as another one: mirrors, readers, moves that were made for good."""

SCHEMES = (
    # what stands before the address        what it means
    (r"about:reader\?url=(.+)", "{}"),
    (r"read:[^?]*\?url=(.+)", "{}"),
    (r"view-source:(.+)", "{}"),
    (r"feed:(?://)?(https?:.+)", "{}"),
    (r"git\+(https?:.+|ssh:.+)", "{}"),
    (r"(?:arxiv|arXiv|ARXIV):\s*([\w.\-/]+)", "https://arxiv.org/abs/{}"),
    (r"(?:doi|DOI):\s*(10\..+)", "https://doi.org/{}"),
    (r"(10\.\d{4,9}/\S+)", "https://doi.org/{}"),
    (r"(?:urn:ietf:rfc:)(\d+)", "https://www.rfc-editor.org/rfc/rfc{}"),
    (r"//(.+)", "https://{}"),
)
"""What is no web address by its scheme, as regular expressions, and the address that it means."""
