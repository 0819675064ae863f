"""Chinese sites where developers write, ask and read the news of their trade."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["CHINESE_BLOGS"]

CHINESE_BLOGS = (
    Thing(
        "csdn:{n}",
        "post",
        "CSDN article",
        "https://blog.csdn.net/{user}/article/details/{n}",
        """
        blog.csdn.net/{user}/article/details/{n}
        {user}.blog.csdn.net/article/details/{n}
        """,
    ),
    Thing(
        "csdn:{n}",
        "post",
        "CSDN article",
        "https://blog.csdn.net/article/details?id={n}",
        """
        m.blog.csdn.net/article/details?id={n}
        blog.csdn.net/article/details?id={n}
        """,
    ),
    Thing(
        "juejin:{id}",
        "post",
        "Juejin article",
        "https://juejin.cn/post/{id}",
        """
        juejin.cn/post/{id}
        juejin.cn/entry/{id}
        """,
    ),
    Thing("jianshu:{id}", "post", "Jianshu article", "https://www.jianshu.com/p/{id}", "jianshu.com/p/{id}"),
    Thing(
        "cnblogs:{user}/{n}",
        "post",
        "cnblogs article",
        "https://www.cnblogs.com/{user}/p/{n}.html",
        """
        cnblogs.com/{user}/p/{n}
        cnblogs.com/{user}/p/{n}.html
        """,
    ),
    Thing(
        "cnblogs:{user}/{n}",
        "post",
        "cnblogs article",
        "",
        """
        cnblogs.com/{user}/archive/{y}/{m}/{d}/{n}.html
        cnblogs.com/{user}/articles/{n}.html
        cnblogs.com/{user}/articles/{n}
        """,
    ),
    Thing(
        "segmentfault:{kind}/{n}",
        "post",
        "SegmentFault post",
        "https://segmentfault.com/{kind}/{n}",
        "segmentfault.com/{kind:a_or_q}/{n}/...",
    ),
    Thing(
        "oschina:{u}/{n}",
        "post",
        "OSChina post",
        "https://my.oschina.net/u/{u}/blog/{n}",
        """
        my.oschina.net/u/{u}/blog/{n}
        my.oschina.net/{u}/blog/{n}
        """,
    ),
    Thing("oschina:news/{n}", "post", "OSChina news", "https://www.oschina.net/news/{n}", "oschina.net/news/{n}/..."),
    Thing("infoq:{id}", "post", "InfoQ China article", "https://www.infoq.cn/article/{id}", "infoq.cn/article/{id}"),
    Thing(
        "tencent:{n}",
        "post",
        "Tencent Cloud article",
        "https://cloud.tencent.com/developer/article/{n}",
        """
        cloud.tencent.com/developer/article/{n}
        cloud.tencent.cn/developer/article/{n}
        """,
    ),
    Thing(
        "aliyun:{n}",
        "post",
        "Aliyun article",
        "https://developer.aliyun.com/article/{n}",
        """
        developer.aliyun.com/article/{n}
        yq.aliyun.com/articles/{n}
        """,
    ),
    Thing(
        "v2ex:{n}",
        "discussion",
        "V2EX topic",
        "https://www.v2ex.com/t/{n}",
        """
        v2ex.com/t/{n}
        v2ex.com/amp/t/{n}
        {node}.v2ex.com/t/{n}
        """,
    ),
    Thing(
        "36kr:{n}",
        "post",
        "36Kr article",
        "https://36kr.com/p/{n}",
        """
        36kr.com/p/{n}
        36kr.com/p/{n}.html
        """,
    ),
    Thing(
        "huxiu:{n}",
        "post",
        "Huxiu article",
        "https://www.huxiu.com/article/{n}.html",
        """
        huxiu.com/article/{n}.html
        huxiu.com/article/{n}
        huxiu.com/article/{n}/...
        """,
    ),
    Thing("sspai:{n}", "post", "sspai article", "https://sspai.com/post/{n}", "sspai.com/post/{n}"),
)
