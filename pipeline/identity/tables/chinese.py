"""Chinese networks and sites for everyone: WeChat, Zhihu, Weibo, Douban, Baidu."""

from __future__ import annotations

from pipeline.identity.forms import Thing

__all__ = ["CHINESE"]

CHINESE = (
    Thing(
        "wechat:{biz}/{mid}/{idx}",
        "post",
        "WeChat article",
        "https://mp.weixin.qq.com/s?__biz={biz}==&mid={mid}&idx={idx}",
        """
        mp.weixin.qq.com/s?__biz={biz}&mid={mid:n}&idx={idx:n}
        mp.weixin.qq.com/s?__biz={biz}&appmsgid={mid:n}&itemidx={idx:n}
        mp.weixin.qq.com/mp/appmsg/show?__biz={biz}&appmsgid={mid:n}&itemidx={idx:n}
        mp.weixin.qq.com/mp/appmsg/show?__biz={biz}&mid={mid:n}&idx={idx:n}
        mp.weixin.qq.com/mp/rumor?__biz={biz}&mid={mid:n}&idx={idx:n}
        """,
    ),
    Thing("wechat:{id}", "post", "WeChat article", "https://mp.weixin.qq.com/s/{id}", "mp.weixin.qq.com/s/{id}"),
    Thing(
        "wechat:album/{id}",
        "playlist",
        "WeChat album",
        "https://mp.weixin.qq.com/mp/appmsgalbum?__biz={biz}==&action=getalbum&album_id={id}",
        "mp.weixin.qq.com/mp/appmsgalbum?__biz={biz}&album_id={id}",
    ),
    Thing(
        "zhihu:p/{n}",
        "post",
        "Zhihu article",
        "https://zhuanlan.zhihu.com/p/{n}",
        """
        zhuanlan.zhihu.com/p/{n}/...
        zhihu.com/p/{n}
        zhihu.com/tardis/{reader}/art/{n}
        zhihu.com/appview/p/{n}
        """,
    ),
    Thing(
        "zhihu:answer/{n}",
        "answer",
        "Zhihu answer",
        "https://www.zhihu.com/question/{question}/answer/{n}",
        "zhihu.com/question/{question:n}/answer/{n}/...",
        parent="zhihu:question/{question}",
    ),
    Thing(
        "zhihu:answer/{n}",
        "answer",
        "Zhihu answer",
        "https://www.zhihu.com/answer/{n}",
        """
        zhihu.com/answer/{n}
        zhihu.com/appview/v2/answer/{n}
        zhihu.com/tardis/{reader}/ans/{n}
        """,
    ),
    Thing(
        "zhihu:question/{n}",
        "question",
        "Zhihu question",
        "https://www.zhihu.com/question/{n}",
        """
        zhihu.com/question/{n}
        zhihu.com/question/{n}/answers/...
        zhihu.com/question/{n}/followers
        zhihu.com/tardis/{reader}/qus/{n}
        """,
    ),
    Thing(
        "zhihu:column/{id}",
        "site",
        "Zhihu column",
        "https://www.zhihu.com/column/{id}",
        """
        zhihu.com/column/{id}
        zhuanlan.zhihu.com/{id}
        """,
    ),
    Thing(
        "zhihu:{kind}/{id}",
        "post",
        "Zhihu post",
        "https://www.zhihu.com/{kind}/{id}",
        "zhihu.com/{kind:zhihu_kind}/{id}",
    ),
    Thing(
        "weibo:{bid}",
        "post",
        "Weibo post",
        "https://m.weibo.cn/status/{bid}",
        """
        weibo.com/{uid:n}/{bid}
        weibo.com/{uid:n}/{bid:mid}
        weibo.com/detail/{bid}
        weibo.com/detail/{bid:mid}
        weibo.cn/status/{bid}
        weibo.cn/status/{bid:mid}
        weibo.cn/detail/{bid}
        weibo.cn/detail/{bid:mid}
        weibo.cn/comment/{bid}
        weibo.cn/{uid:n}/{bid}
        weibo.cn/{uid:n}/{bid:mid}
        """,
    ),
    Thing(
        "weibo:article/{n}",
        "post",
        "Weibo article",
        "https://weibo.com/ttarticle/p/show?id={n}",
        """
        weibo.com/ttarticle/p/show?id={n:digits}
        weibo.com/ttarticle/m/show?id={n:digits}
        weibo.com/ttarticle/m/show/id/{n:digits}
        card.weibo.com/article/m/show/id/{n:digits}
        """,
    ),
    Thing(
        "weibo:video/{id}",
        "video",
        "Weibo video",
        "https://weibo.com/tv/show/{id}",
        """
        weibo.com/tv/show/{id}
        video.weibo.com/show?fid={id}
        h5.video.weibo.com/show/{id}
        """,
    ),
    Thing(
        "weibo:u/{n}",
        "profile",
        "Weibo account",
        "https://weibo.com/u/{n}",
        """
        weibo.com/u/{n}
        weibo.com/{n}
        weibo.cn/u/{n}
        weibo.cn/profile/{n}
        """,
    ),
    Thing(
        "toutiao:{n}",
        "post",
        "Toutiao article",
        "https://www.toutiao.com/article/{n}",
        """
        toutiao.com/article/{n}
        toutiao.com/group/{n}
        toutiao.com/item/{n}
        toutiao.com/a{n}
        toutiao.com/i{n}
        """,
    ),
    Thing(
        "douban:subject/{n}",
        "product",
        "Douban subject",
        "https://www.douban.com/subject/{n}",
        """
        {shelf}.douban.com/subject/{n}
        douban.com/subject/{n}
        douban.com/{shelf}/subject/{n}
        """,
    ),
    Thing("douban:note/{n}", "post", "Douban note", "https://www.douban.com/note/{n}", "douban.com/note/{n}"),
    Thing(
        "douban:topic/{n}",
        "discussion",
        "Douban topic",
        "https://www.douban.com/group/topic/{n}",
        "douban.com/group/topic/{n}",
    ),
    Thing(
        "xiaohongshu:{hash}",
        "post",
        "Xiaohongshu note",
        "https://www.xiaohongshu.com/explore/{hash}",
        """
        xiaohongshu.com/explore/{hash}
        xiaohongshu.com/discovery/item/{hash}
        xiaohongshu.com/search_result/{hash}
        xiaohongshu.com/user/profile/{author}/{hash}
        """,
    ),
    Thing("sohu:{n}", "post", "Sohu article", "", "sohu.com/a/{n}_{author}\nsohu.com/a/{n}"),
    Thing(
        "qqnews:{id}",
        "post",
        "Tencent news",
        "https://new.qq.com/rain/a/{id}",
        """
        new.qq.com/rain/a/{id}
        new.qq.com/omn/{id:qq_news}
        new.qq.com/omn/{id:qq_news}.html
        new.qq.com/omn/{day}/{id:qq_news}.html
        news.qq.com/rain/a/{id:qq_news}
        view.inews.qq.com/a/{id}
        view.inews.qq.com/k/{id}
        """,
    ),
    Thing(
        "thepaper:{n}",
        "post",
        "article of The Paper",
        "https://www.thepaper.cn/newsDetail_forward_{n}",
        "thepaper.cn/newsDetail_forward_{n} thepaper.cn/detail/{n}",
    ),
    Thing(
        "baijiahao:{n}",
        "post",
        "Baijiahao article",
        "https://baijiahao.baidu.com/s?id={n}",
        "baijiahao.baidu.com/s?id={n}",
    ),
    Thing(
        "baike:{rest}",
        "page",
        "Baidu Baike article",
        "https://baike.baidu.com/item/{rest}",
        "baike.baidu.com/item/{rest}",
        anchor="{fragment}",
    ),
    Thing("tieba:{n}", "discussion", "Tieba thread", "https://tieba.baidu.com/p/{n}", "tieba.baidu.com/p/{n}"),
    Thing(
        "pan:{id}",
        "file",
        "file on Baidu Pan",
        "https://pan.baidu.com/s/1{id}",
        """
        pan.baidu.com/s/1{id}
        pan.baidu.com/share/init?surl={id}
        pan.baidu.com/wap/init?surl={id}
        """,
    ),
    Thing(
        "feishu:{id}",
        "document",
        "Feishu document",
        "",
        """
        {tenant}.feishu.cn/{kind:feishu}/{id}
        {tenant}.larksuite.com/{kind:feishu}/{id}
        """,
        anchor="{fragment}",
    ),
    Thing(
        "leetcode:{slug}",
        "page",
        "LeetCode problem",
        "https://leetcode.com/problems/{slug}",
        """
        leetcode.com/problems/{slug}
        leetcode.com/problems/{slug}/description
        """,
    ),
)
